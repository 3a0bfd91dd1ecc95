package framebuffer.orchestrator.pipeline.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.pipeline.intake.Delivery;
import framebuffer.orchestrator.pipeline.recovery.QueueRecovery.Incarnation;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.queues.QueueInspection;
import framebuffer.wire.EntryId;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class QueueTrackerTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final RecoveryPolicy POLICY = new RecoveryPolicy(Duration.ofSeconds(60));
    private static final Registration FACE = Registration.of("face-1", List.of("face"), 100);

    private final AtomicLong numbers = new AtomicLong();
    private final QueueTracker tracker = watch();

    private QueueTracker watch() {
        return new QueueTracker(FrameSource.queue("frames:ready:face-1"), numbers::incrementAndGet);
    }

    private static Incarnation life(boolean cutOff) {
        return new Incarnation(FACE, START.minusSeconds(1_000), cutOff, Instant.MAX, false);
    }

    private static EntryId entry(long number) {
        return new EntryId(number, 0);
    }

    private static QueueInspection look(int second, long taken, long... pending) {
        Instant at = START.plusSeconds(second);
        return new QueueInspection(at, pending.length, taken, taken + " of " + Arrays.toString(pending),
                List.of(new QueueInspection.QueueGroup("workers", entry(9), OptionalLong.of(taken),
                        LongStream.of(pending)
                                .mapToObj(number -> new QueueInspection.DeliveredEntry(entry(number), START))
                                .toList())));
    }

    /** The offered frames, and how they are charged. */
    private List<Long> charged(long... there) {
        List<StreamEntry> entries = LongStream.of(there).mapToObj(number -> new StreamEntry(entry(number), null))
                .toList();
        return tracker.deliveries(tracker.next(entries, 100), Map.of(), "face-1", 1).stream()
                .filter(delivery -> delivery.charge() != Delivery.Charge.NONE)
                .flatMap(delivery -> delivery.entries().stream()).map(one -> one.id().millis()).toList();
    }

    @Test
    void ofOneThatIsCutOffWhatItWasProcessingIsCharged() {
        tracker.inspect(life(false), look(0, 0, 1, 2, 3), POLICY);
        tracker.inspect(life(true), look(1, 0, 1, 2, 3), POLICY);
        assertThat(charged(1, 2, 3)).containsExactly(1L);
    }

    @Test
    void whatOnlyWaitedIsNotChargedWhereAnotherInstanceHasTakenWhatWasProcessed() {
        tracker.inspect(life(false), look(0, 0, 1, 2, 3), POLICY);
        tracker.inspect(life(true), look(1, 1, 2, 3), POLICY);
        assertThat(charged(2, 3)).isEmpty();
    }

    @Test
    void aQueueThatIsWatchedAnewOffersInALaterEpoch() {
        tracker.inspect(life(true), look(0, 0, 1), POLICY);
        long before = tracker.deliveries(tracker.next(List.of(), 100), Map.of(), "face-1", 1).getFirst().epoch();
        QueueTracker anew = watch();
        anew.inspect(life(true), look(1, 0, 2), POLICY);
        assertThat(anew.deliveries(anew.next(List.of(), 100), Map.of(), "face-1", 1).getFirst().epoch())
                .isGreaterThan(before);
    }
}
