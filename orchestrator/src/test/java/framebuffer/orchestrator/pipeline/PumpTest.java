package framebuffer.orchestrator.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.flowcontrol.CameraPolicyStore.CameraPolicySnapshot;
import framebuffer.orchestrator.flowcontrol.Freshness;
import framebuffer.orchestrator.flowcontrol.OperatorSwitches.SwitchState;
import framebuffer.orchestrator.observability.telemetry.FrameTracing;
import framebuffer.orchestrator.pipeline.Pump.PipelineLimits;
import framebuffer.orchestrator.pipeline.deadletters.UnroutableFrames;
import framebuffer.orchestrator.pipeline.dispatch.Dispatcher;
import framebuffer.orchestrator.pipeline.dispatch.FrameEvents;
import framebuffer.orchestrator.pipeline.dispatch.HandOffs;
import framebuffer.orchestrator.pipeline.intake.ArrivalReader;
import framebuffer.orchestrator.pipeline.intake.Delivery;
import framebuffer.orchestrator.pipeline.intake.Inbox;
import framebuffer.orchestrator.pipeline.intake.Intake;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.cluster.ServiceClock;
import framebuffer.redis.handoff.Fenced;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.FrameSource.SourceKind;
import framebuffer.redis.handoff.HandOff.BatchOutcome;
import framebuffer.redis.handoff.HandOff.HandOffBatch;
import framebuffer.redis.handoff.HandOff.OwnershipMark;
import framebuffer.redis.handoff.Move;
import framebuffer.redis.handoff.Move.MoveOutcome;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.Fields;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The pump, step by step, without Redis. */
class PumpTest {
    private static final Keys KEYS = Keys.DEFAULT;
    private static final FrameSource CAPTURE = new FrameSource(KEYS.capture(), "group", SourceKind.CAPTURE);
    private static final FrameSource RETURNED = new FrameSource(KEYS.returned(), "group", SourceKind.RETURNED);

    private final Inbox inbox = new Inbox();
    private final FakeHandOffs redis = new FakeHandOffs();
    private final List<String> begunAgain = new ArrayList<>();
    private List<Registration> processors = List.of(Registration.of("face-1", List.of("face"), 2));
    private SwitchState switches = SwitchState.RUNNING;
    private Instant now = Instant.ofEpochMilli(1_000_000);
    private long epoch = 1;
    private Pump pump = pump();

    /** Redis for the pump: queues with room, and pending entries. */
    private static final class FakeHandOffs implements HandOffs {
        private final List<HandOffBatch> batches = new ArrayList<>();
        private final Map<String, Integer> room = new HashMap<>();
        private @Nullable EntryId oldestPending;
        private boolean stands = true;
        private boolean fenced;

        @Override
        public Reply begin(HandOffBatch batch) {
            batches.add(batch);
            return () -> {
                if (fenced) {
                    throw new Fenced(new RedisRefused("FENCED taken over", new IllegalStateException()));
                }
                List<MoveOutcome> outcomes = batch.moves().stream().map(this::moved).toList();
                Map<String, Integer> left = new HashMap<>();
                batch.capacities().keySet().forEach(queue -> left.put(queue, room.getOrDefault(queue, 0)));
                return new BatchOutcome(outcomes, left);
            };
        }

        private MoveOutcome moved(Move move) {
            if (!(move instanceof Move.ToQueues queues)) {
                return MoveOutcome.MOVED;
            }
            String queue = queues.targets().getFirst().queue();
            if (room.getOrDefault(queue, 0) == 0) {
                return MoveOutcome.FULL;
            }
            room.merge(queue, -1, Integer::sum);
            return MoveOutcome.MOVED;
        }

        @Override
        public OwnershipMark mark() {
            return new OwnershipMark(EntryId.FIRST, "0 0");
        }

        @Override
        public boolean stands(OwnershipMark mark) {
            return stands;
        }

        @Override
        public @Nullable EntryId oldestPending(String stream) {
            return stream.equals(KEYS.capture()) ? oldestPending : null;
        }

        @Override
        public List<String> streams() {
            return List.of(KEYS.capture(), KEYS.returned());
        }

        /** The entries in the hand-offs, batch by batch, without empty batches. */
        List<String> handedOff() {
            return batches.stream().flatMap(batch -> batch.moves().stream()).map(move -> move.entry().toString())
                    .toList();
        }
    }

    private Pump pump() {
        ServiceClock clock = new ServiceClock(() -> now);
        ArrivalReader arrivals = new ArrivalReader(List.of(CAPTURE, RETURNED), "i1", inbox, new Intake(5),
                (_, _) -> {
                });
        inbox.onBeginAgain(() -> begunAgain.add("readers"));
        PumpContext context = new PumpContext(new FixedProcessors(() -> processors), () -> switches,
                () -> new CameraPolicySnapshot(Freshness.LOSSLESS, Map.of()),
                new UnroutableFrames(Duration.ofSeconds(60)));
        FrameEvents nobody = FrameEvents.toAll(List.of());
        Assigner assigner = new Assigner(RoutingStrategy.LEAST_LOADED,
                new AffinityTable(KEYS, AffinityTable.AffinityLimits.DEFAULT, clock, () -> {
                }), new FrameTracing(OpenTelemetry.noop()), nobody, context);
        return new Pump(new Pump.Stages(arrivals,
                new WaitingFrames("i1", PipelineLimits.DEFAULT, context), assigner,
                new Dispatcher(KEYS, nobody, false, assigner::loads)), clock.follower(), _ -> redis);
    }

    @BeforeEach
    void connect() {
        redis.room.put(KEYS.queue("frames:ready:face-1"), 2);
        pump.connected(redis);
    }

    private void arrive(int... numbers) throws InterruptedException {
        List<StreamEntry> entries = new ArrayList<>();
        for (int number : numbers) {
            entries.add(new StreamEntry(new EntryId(1_000_000 + number, 0), Fields.ofText("frame_id", "f" + number,
                    "camera_id", "cam", "detection_type", "face")));
        }
        assertThat(inbox.offer(new Delivery.Fresh(CAPTURE, epoch, entries), Duration.ZERO)).isTrue();
    }

    private void steps(int steps) throws InterruptedException {
        steps(steps, Duration.ofMillis(11));
    }

    /** Each step really waits a moment for arrivals, so few long steps are faster than many short ones. */
    private void steps(int steps, Duration each) throws InterruptedException {
        for (int i = 0; i < steps; i++) {
            now = now.plus(each);
            pump.step();
        }
    }

    private static String entry(int number) {
        return (1_000_000 + number) + "-0";
    }

    @Test
    void aFrameGoesToAProcessorThatHasRoom() throws InterruptedException {
        arrive(1);
        steps(4);
        assertThat(redis.handedOff()).containsExactly(entry(1));
        assertThat(pump.view().waiting()).isZero();
    }

    @Test
    void aFrameThatFindsNoRoomWaitsAndGoesWhenThereIsSome() throws InterruptedException {
        arrive(1, 2, 3);
        steps(10);
        assertThat(redis.room).containsValue(0);
        assertThat(pump.view().waiting()).isOne();
        redis.room.replaceAll((_, _) -> 1);
        steps(10);
        assertThat(redis.room).containsValue(0);
        assertThat(pump.view().waiting()).isZero();
    }

    @Test
    void whileTheServiceIsPausedNothingGoes() throws InterruptedException {
        switches = SwitchState.PAUSED;
        arrive(1);
        steps(10);
        assertThat(redis.handedOff()).isEmpty();
        switches = SwitchState.RUNNING;
        steps(4);
        assertThat(redis.handedOff()).containsExactly(entry(1));
    }

    @Test
    void captureIsCountedOnceThoughItIsReadTwice() throws InterruptedException {
        processors = List.of();
        arrive(1, 2);
        steps(3);
        epoch++;
        arrive(1, 2);
        steps(3);
        assertThat(redis.batches.stream().map(HandOffBatch::captured).filter(captured -> captured != null)
                .mapToInt(captured -> captured.perCamera().getOrDefault("cam", 0)).sum()).isEqualTo(2);
    }

    @Test
    void allIsReadAgainWhenWhatIsPendingIsNotItsOwnAnyMore() throws InterruptedException {
        processors = List.of();
        arrive(1);
        steps(6, Duration.ofMillis(110));
        assertThat(pump.view().waiting()).isOne();
        redis.stands = false;
        steps(5, Duration.ofMillis(110));
        assertThat(begunAgain).isNotEmpty();
        redis.stands = true;
        steps(10);
        assertThat(pump.view().waiting()).as("the window was discarded").isZero();
    }

    @Test
    void aBatchThatIsFencedMakesThePumpBeginAgain() throws InterruptedException {
        redis.fenced = true;
        arrive(1);
        steps(4);
        assertThat(begunAgain).isNotEmpty();
        redis.fenced = false;
        epoch++;
        arrive(1);
        steps(4);
        assertThat(redis.handedOff()).endsWith(entry(1));
    }

    @Test
    void anEntryThatThePumpHasPassedAndDoesNotHoldMakesItBeginAgain() throws InterruptedException {
        arrive(5);
        steps(4);
        redis.oldestPending = new EntryId(1_000_006, 0);
        steps(8, Duration.ofMillis(600));
        assertThat(begunAgain).as("it is yet to be read").isEmpty();
        redis.oldestPending = new EntryId(1_000_004, 0);
        steps(8, Duration.ofMillis(600));
        assertThat(begunAgain).isNotEmpty();
    }

    @Test
    void whatIsTakenOverIsReadAgain() throws InterruptedException {
        pump.beginAgain();
        steps(1);
        assertThat(begunAgain).hasSize(1);
    }

    @Test
    void withoutAProcessorForItsCapabilityAFrameBecomesADeadLetterAfterItsTime() throws InterruptedException {
        processors = List.of(Registration.of("car-1", List.of("car"), 2));
        arrive(1);
        steps(3);
        now = now.plusSeconds(61);
        steps(4);
        assertThat(redis.batches.stream().flatMap(batch -> batch.moves().stream()))
                .singleElement().isInstanceOf(Move.ToDeadLetters.class);
    }
}
