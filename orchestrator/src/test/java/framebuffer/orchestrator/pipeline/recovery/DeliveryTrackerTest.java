package framebuffer.orchestrator.pipeline.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.pipeline.intake.Delivery.Charge;
import framebuffer.orchestrator.pipeline.recovery.PendingEntries.PendingEntry;
import framebuffer.orchestrator.pipeline.recovery.QueueRecovery.Incarnation;
import framebuffer.orchestrator.pipeline.recovery.RecoveryPolicy.Reclaim;
import framebuffer.wire.EntryId;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DeliveryTrackerTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final RecoveryPolicy POLICY = new RecoveryPolicy(Duration.ofSeconds(60));
    private static final Incarnation LIFE = life(1, START.minusSeconds(1_000));

    private static Incarnation life(int concurrency, Instant since) {
        Registration plain = Registration.of("face-1", List.of("face"), 100);
        return new Incarnation(
                new Registration(plain.id(), plain.capabilities(), plain.capacity(), plain.queue(), null, null,
                        plain.heartbeatInterval(), concurrency, null, plain.metadata()),
                since, false, Instant.MAX, false);
    }

    private static EntryId entry(long number) {
        return new EntryId(number, 0);
    }

    /**
     * The queue at this second with these pending entries, all delivered at the start; -1: the count of acknowledged entries is unknown.
     */
    private static PendingEntries at(int second, long acknowledged, long... pending) {
        return new PendingEntries(START.plusSeconds(second),
                acknowledged < 0 ? OptionalLong.empty() : OptionalLong.of(acknowledged), 0,
                LongStream.of(pending).mapToObj(number -> new PendingEntry(entry(number), START)).toList());
    }

    private static DeliveryTracker watch(PendingEntries... looks) {
        DeliveryTracker tracker = DeliveryTracker.begin(looks[0]);
        for (int i = 1; i < looks.length; i++) {
            tracker = tracker.after(looks[i], Set.of());
        }
        return tracker;
    }

    @Test
    void aBatchThatIsWorkedOffSlowlyIsNoFailure() {
        DeliveryTracker tracker = watch(IntStream.rangeClosed(0, 9)
                .mapToObj(n -> at(n * 10, n, LongStream.rangeClosed(n + 1, 20).toArray()))
                .toArray(PendingEntries[]::new));
        assertThat(tracker.seen().at()).isEqualTo(START.plusSeconds(90));
        assertThat(POLICY.judge(LIFE, tracker)).isEmpty();
    }

    @Test
    void ofOneThatIsCutOffAllIsTakenAndOnlyWhatItWasProcessingIsCharged() {
        Incarnation cutOff = new Incarnation(life(2, LIFE.since()).registration(), LIFE.since(), true, Instant.MAX,
                false);
        assertThat(POLICY.judge(cutOff, watch(at(1, 7, 1, 2, 3)))).containsExactly(
                new Reclaim(entry(1), Charge.ATTEMPT),
                new Reclaim(entry(2), Charge.ATTEMPT), new Reclaim(entry(3), Charge.NONE));
    }

    @Test
    void whereAnotherInstanceTookFramesNothingIsConcludedFromWhatVanished() {
        DeliveryTracker tracker = DeliveryTracker.begin(at(0, 0, 1, 2)).after(
                new PendingEntries(START.plusSeconds(50), OptionalLong.of(1), 1,
                        List.of(new PendingEntry(entry(1), START))),
                Set.of());
        assertThat(tracker.overtaken()).isEmpty();
        assertThat(tracker.acknowledgedAt()).isEqualTo(START);
    }

    @Test
    void whatWasOvertakenIsOverdueAfterTheTimeoutAndNotBefore() {
        assertThat(POLICY.judge(LIFE, watch(at(0, 0, 1, 2, 3), at(59, 1, 1, 3)))).isEmpty();
        assertThat(POLICY.judge(LIFE, watch(at(0, 0, 1, 2, 3), at(30, 1, 1, 3), at(60, 1, 1, 3))))
                .containsExactly(new Reclaim(entry(1), Charge.ATTEMPT));
    }

    @Test
    void framesBetweenWhichAsManyWereDoneAreNoFailuresInARowHoweverManyAreFoundAtOnce() {
        DeliveryTracker tracker = watch(at(0, 0, 1, 2, 3, 4), at(30, 3, 1, 2, 3), at(60, 3, 1, 2, 3));
        assertThat(POLICY.judge(LIFE, tracker)).extracting(Reclaim::charge).containsOnly(Charge.ATTEMPT).hasSize(3);
    }

    @Test
    void aProcessorThatAcknowledgesFewOfManyFails() {
        DeliveryTracker tracker = watch(at(0, 0, 1, 2, 3, 4), at(30, 1, 1, 2, 3), at(40, 2, 1, 2, 3, 5, 6),
                at(60, 2, 1, 2, 3, 5, 6));
        assertThat(POLICY.judge(LIFE, tracker).subList(0, 3)).extracting(Reclaim::charge).containsOnly(Charge.FAILURE);
    }

    @Test
    void framesInProgressBesideWhichAnotherIsDoneFirstDoNotMakeTheNextTimeoutAFailure() {
        DeliveryTracker tracker = watch(at(0, 0, 1, 2, 3, 4), at(1, 1, 1, 2, 3), at(2, 5, 1, 7), at(60, 5, 1, 7));
        assertThat(POLICY.judge(life(4, LIFE.since()), tracker).getFirst())
                .isEqualTo(new Reclaim(entry(1), Charge.ATTEMPT));
    }

    @Test
    void aProbeThatWasOvertakenIsAFailure() {
        Incarnation probed = new Incarnation(LIFE.registration(), LIFE.since(), false, Instant.MAX, false, true);
        assertThat(POLICY.judge(probed, watch(at(0, 0, 1, 2), at(30, 1, 1), at(60, 1, 1))))
                .containsExactly(new Reclaim(entry(1), Charge.FAILURE));
    }

    @Test
    void whatIsAcknowledgedBetweenTwoLooksOvertakesAllThatWasSeen() {
        assertThat(POLICY.judge(LIFE, watch(at(0, 0, 1, 2), at(30, 5, 1, 2), at(60, 5, 1, 2))))
                .containsExactly(new Reclaim(entry(1), Charge.ATTEMPT), new Reclaim(entry(2), Charge.ATTEMPT));
    }

    @Test
    void whereNoneIsAcknowledgedAllAreOverdueAndThoseInProgressAreCharged() {
        PendingEntries[] looks = {at(0, 7, 1, 2, 3), at(60, 7, 1, 2, 3)};
        assertThat(POLICY.judge(life(2, LIFE.since()), watch(looks))).containsExactly(
                new Reclaim(entry(1), Charge.FAILURE),
                new Reclaim(entry(2), Charge.FAILURE), new Reclaim(entry(3), Charge.NONE));
    }

    @Test
    void withoutACountOfWhatWasReadVanishingShowsThatItWorks() {
        assertThat(POLICY.judge(LIFE, watch(at(0, -1, 1, 2, 3), at(59, -1, 2, 3), at(60, -1, 2, 3)))).isEmpty();
        assertThat(POLICY.judge(LIFE, watch(at(0, -1, 1, 2, 3), at(59, -1, 1, 3), at(60, -1, 1, 3))))
                .containsExactly(new Reclaim(entry(1), Charge.ATTEMPT));
    }

    @Test
    void whatWeTookAwayOurselvesIsNoAcknowledgement() {
        DeliveryTracker tracker = DeliveryTracker.begin(at(0, 0, 1, 2)).after(at(50, 1, 1), Set.of(entry(2)));
        assertThat(tracker.overtaken()).isEmpty();
        assertThat(tracker.acknowledgedAt()).isEqualTo(START);
    }

    @Test
    void aProcessorsOwnTimeoutCounts() {
        Registration plain = LIFE.registration();
        Incarnation patient = new Incarnation(
                new Registration(plain.id(), plain.capabilities(), plain.capacity(), plain.queue(), null,
                        null, plain.heartbeatInterval(), 1, Duration.ofSeconds(90), plain.metadata()),
                LIFE.since(), false, Instant.MAX, false);
        assertThat(POLICY.judge(patient, watch(at(0, 0, 1), at(89, 0, 1)))).isEmpty();
        assertThat(POLICY.judge(patient, watch(at(0, 0, 1), at(90, 0, 1)))).hasSize(1);
    }

    @Test
    void whatAnEarlierLifeWasGivenIsTakenBackAtOnce() {
        PendingEntries inspection = at(5, 0, 1, 2);
        assertThat(POLICY.judge(life(1, START.plusSeconds(4)), DeliveryTracker.begin(inspection)))
                .containsExactly(new Reclaim(entry(1), Charge.FAILURE), new Reclaim(entry(2), Charge.NONE));
        assertThat(POLICY.judge(life(1, START), DeliveryTracker.begin(inspection))).isEmpty();
    }
}
