package framebuffer.orchestrator.pipeline.recovery;

import static framebuffer.orchestrator.pipeline.recovery.FakeQueues.entry;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.pipeline.intake.Delivery;
import framebuffer.orchestrator.pipeline.intake.Delivery.Charge;
import framebuffer.orchestrator.pipeline.intake.Inbox;
import framebuffer.orchestrator.pipeline.recovery.QueueRecovery.Incarnation;
import framebuffer.redis.StreamEntry;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The recovery loop, turn by turn, without Redis. */
class QueueRecoveryTest {
    private static final Registration FACE = Registration.of("face-1", List.of("face"), 100);
    private static final Registration CAR = Registration.of("car-1", List.of("car"), 100);
    private static final String FACES = Keys.DEFAULT.queue(FACE.queue());
    private static final String CARS = Keys.DEFAULT.queue(CAR.queue());

    private final FakeQueues queues = new FakeQueues();
    private final Instant begin = queues.now();
    private final Inbox inbox = new Inbox();
    private final List<Incarnation> lives = new ArrayList<>();
    private final List<Incarnation> emptied = new ArrayList<>();
    private final QueueRecovery recovery = new QueueRecovery(Keys.DEFAULT, Duration.ofSeconds(60), inbox,
            new QueueRecovery.QueueOwners() {
                @Override
                public Collection<Incarnation> lives() {
                    return lives;
                }

                @Override
                public void emptied(Incarnation departed) {
                    emptied.add(departed);
                }
            });

    /** Frames that were delivered to the pump. */
    private record Offered(Charge charge, List<Long> frames) {
        Offered(Charge charge, long... frames) {
            this(charge, LongStream.of(frames).boxed().toList());
        }

        static Offered of(Delivery delivery) {
            assertThat(delivery).isInstanceOf(Delivery.Reclaimed.class);
            return new Offered(((Delivery.Reclaimed) delivery).charge(),
                    delivery.entries().stream().map(one -> one.id().millis()).toList());
        }
    }

    private void are(Incarnation... all) {
        lives.clear();
        lives.addAll(List.of(all));
    }

    private Incarnation serving(Registration processor) {
        return new Incarnation(processor, begin.minusSeconds(1), false, Instant.MAX, false);
    }

    private Incarnation cutOff(Registration processor) {
        return new Incarnation(processor, begin.minusSeconds(1), true, Instant.MAX, false);
    }

    private static Incarnation departed(Registration processor) {
        return new Incarnation(processor, Instant.MAX, true, Instant.MAX, true);
    }

    /** Most turns between two inspections. */
    private List<Offered> turns() throws InterruptedException {
        return deliveries().stream().map(Offered::of).toList();
    }

    private List<Delivery> deliveries() throws InterruptedException {
        List<Delivery> given = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            recovery.runOnce(queues);
            for (Delivery next = poll(); next != null; next = poll()) {
                given.add(next);
            }
        }
        return given;
    }

    private @Nullable Delivery poll() throws InterruptedException {
        return inbox.poll(Duration.ZERO, Inbox.Room.ALL);
    }

    private List<Offered> turnsFor(int seconds) throws InterruptedException {
        List<Offered> given = new ArrayList<>();
        for (int i = 0; i < seconds; i++) {
            queues.pass(Duration.ofSeconds(1));
            given.addAll(turns());
        }
        return given;
    }

    @Test
    void framesOfAProcessorThatIsCutOffAreOfferedOnce() throws InterruptedException {
        queues.add(FACES, "face", 1, 2, 3);
        queues.deliver(FACES, 1);
        are(serving(FACE));
        assertThat(turns()).isEmpty();
        are(cutOff(FACE));
        assertThat(turns()).containsExactlyInAnyOrder(new Offered(Charge.ATTEMPT, 1), new Offered(Charge.NONE, 2, 3));
        assertThat(turns()).isEmpty();
    }

    @Test
    void framesThatComeAfterTheCutOffAreOfferedToo() throws InterruptedException {
        are(cutOff(FACE));
        assertThat(turns()).isEmpty();
        queues.add(FACES, "face", 1);
        assertThat(turns()).containsExactly(new Offered(Charge.NONE, 1));
    }

    @Test
    void aLongQueueIsOfferedBatchByBatch() throws InterruptedException {
        long[] frames = LongStream.rangeClosed(1, 2 * QueueRecovery.BATCH + 1).toArray();
        queues.add(FACES, "face", frames);
        are(cutOff(FACE));
        List<Offered> offered = turns();
        assertThat(offered).hasSize(3).allMatch(one -> one.frames().size() <= QueueRecovery.BATCH);
        assertThat(offered.stream().flatMap(one -> one.frames().stream()))
                .containsExactlyElementsOf(LongStream.of(frames).boxed().toList());
    }

    @Test
    void whenThePumpBeginsAgainAllIsOfferedAgainInALaterEpoch() throws InterruptedException {
        queues.add(FACES, "face", 1);
        are(cutOff(FACE));
        Delivery first = deliveries().getFirst();
        recovery.beginAgain();
        Delivery second = deliveries().getFirst();
        assertThat(Offered.of(second)).isEqualTo(Offered.of(first));
        assertThat(second.epoch()).isGreaterThan(first.epoch());
    }

    @Test
    void aProcessorThatIsBackKeepsItsFrames() throws InterruptedException {
        queues.add(FACES, "face", 1);
        are(cutOff(FACE));
        Delivery offered = deliveries().getFirst();
        are(serving(FACE));
        assertThat(deliveries()).singleElement().satisfies(withdrawn -> {
            assertThat(withdrawn).isInstanceOf(Delivery.Withdrawn.class);
            assertThat(withdrawn.epoch()).isGreaterThan(offered.epoch());
        });
    }

    @Test
    void anOvertakenFrameIsTakenBackWhenItsTimeIsUp() throws InterruptedException {
        queues.add(FACES, "face", 1, 2);
        queues.deliver(FACES, 1, 2);
        are(serving(FACE));
        turns();
        queues.acknowledge(FACES, 2);
        assertThat(turnsFor(59)).isEmpty();
        assertThat(turnsFor(2)).containsExactly(new Offered(Charge.ATTEMPT, 1));
        assertThat(turnsFor(60)).isEmpty();
    }

    @Test
    void aProcessorThatAcknowledgesNothingFailsAtTheFrameInProgress() throws InterruptedException {
        queues.add(FACES, "face", 1, 2);
        queues.deliver(FACES, 1, 2);
        are(serving(FACE));
        assertThat(turnsFor(60)).isEmpty();
        assertThat(turnsFor(2)).containsExactlyInAnyOrder(new Offered(Charge.FAILURE, 1), new Offered(Charge.NONE, 2));
    }

    @Test
    void timeWhenNobodyCouldLookDoesNotCount() throws InterruptedException {
        queues.add(FACES, "face", 1);
        queues.deliver(FACES, 1);
        are(serving(FACE));
        turns();
        queues.pass(Duration.ofHours(1));
        assertThat(turnsFor(59)).isEmpty();
        assertThat(turnsFor(2)).containsExactly(new Offered(Charge.FAILURE, 1));
    }

    @Test
    void framesOfAnEarlierIncarnationAreTakenBackAtOnce() throws InterruptedException {
        queues.add(FACES, "face", 1);
        queues.deliver(FACES, 1);
        are(serving(FACE));
        turns();
        queues.pass(Duration.ofSeconds(1));
        are(new Incarnation(FACE, queues.now(), false, Instant.MAX, false));
        assertThat(turns()).containsExactly(new Offered(Charge.FAILURE, 1));
    }

    @Test
    void undeliveredFramesForAWithdrawnCapabilityGoToOthers() throws InterruptedException {
        queues.add(FACES, "face", 3);
        queues.add(FACES, "car", 1, 2, 4);
        queues.deliver(FACES, 1);
        are(serving(Registration.of("face-1", List.of("face", "car"), 100)));
        assertThat(turns()).isEmpty();
        are(serving(FACE));
        assertThat(turnsFor(1)).containsExactly(new Offered(Charge.NONE, 2, 4));
        assertThat(turnsFor(1)).isEmpty();
    }

    @Test
    void aDepartedProcessorIsForgottenWhenItsQueueIsEmpty() throws InterruptedException {
        queues.add(FACES, "face", 1);
        are(departed(FACE));
        assertThat(turns()).containsExactly(new Offered(Charge.NONE, 1));
        assertThat(emptied).isEmpty();
        queues.take(FACES, 1);
        turns();
        assertThat(emptied).contains(departed(FACE));
    }

    @Test
    void aPendingFrameThatWasDeletedIsOfferedTooSoThatItsLossIsCounted() throws InterruptedException {
        queues.add(FACES, "face", 1);
        queues.deliver(FACES, 1);
        queues.delete(FACES, 1);
        are(departed(FACE));
        recovery.runOnce(queues);
        assertThat(poll()).isNotNull()
                .satisfies(lost -> assertThat(lost.entries()).containsExactly(new StreamEntry(entry(1), null)));
        assertThat(emptied).isEmpty();
    }

    @Test
    void aSilentProcessorIsNotCutOffBeforeItCouldBeHeardForItsLease() throws InterruptedException {
        queues.add(FACES, "face", 1);
        are(serving(FACE));
        turns();
        queues.pass(Duration.ofMinutes(10));
        recovery.reconnected();
        are(new Incarnation(FACE, begin.minusSeconds(1), true, begin, false));
        int lease = (int) FACE.heartbeatInterval().multipliedBy(2).toSeconds();
        turns();
        assertThat(turnsFor(lease - 1)).isEmpty();
        assertThat(turnsFor(1)).containsExactly(new Offered(Charge.NONE, 1));
    }

    @Test
    void dataOfSomebodyElseUnderTheKeyOfAQueueHoldsUpNoOtherQueue() throws InterruptedException {
        queues.setForeign(FACES);
        queues.add(CARS, "car", 1);
        are(cutOff(FACE), cutOff(CAR));
        assertThat(turns()).containsExactly(new Offered(Charge.NONE, 1));
    }

    @Test
    void itRestsLittleOnlyWhileThereIsMoreToOffer() throws InterruptedException {
        are(serving(FACE));
        turns();
        Duration calm = recovery.rest();
        queues.add(FACES, "face", IntStream.rangeClosed(1, QueueRecovery.BATCH + 1).asLongStream().toArray());
        are(cutOff(FACE));
        recovery.runOnce(queues);
        assertThat(recovery.rest()).isLessThan(calm);
        turns();
        assertThat(recovery.rest()).isEqualTo(calm);
    }
}
