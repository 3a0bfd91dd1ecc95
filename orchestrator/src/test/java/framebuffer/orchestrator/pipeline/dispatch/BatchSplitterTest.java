package framebuffer.orchestrator.pipeline.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.observability.telemetry.FrameTracing;
import framebuffer.orchestrator.pipeline.dispatch.Outgoing.Assigned;
import framebuffer.orchestrator.pipeline.intake.Arrival.PendingFrame;
import framebuffer.orchestrator.pipeline.intake.Arrival.TerminalArrival;
import framebuffer.orchestrator.pipeline.intake.Delivery;
import framebuffer.orchestrator.pipeline.intake.Intake;
import framebuffer.orchestrator.pipeline.routing.Router;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision.Routed;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.Move;
import framebuffer.wire.EntryId;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.Fields;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One step of Redis is also bounded in values. */
class BatchSplitterTest {
    private static final FrameSource SOURCE = new FrameSource("frames:capture", "frame-buffer-v2",
            FrameSource.SourceKind.CAPTURE);
    private static final List<String> CAPABILITIES = IntStream.range(0, 32).mapToObj(i -> "c" + i).toList();

    private final Router router = new Router(RoutingStrategy.LEAST_LOADED);
    private final FrameTracing tracing = new FrameTracing(OpenTelemetry.noop());

    private Assigned frame(int number, String camera, int fields, EntryId after) {
        List<String> flat = new ArrayList<>(List.of("frame_id", "f" + number, "camera_id", camera, "metadata",
                "{\"detection_types\":[\"" + String.join("\",\"", CAPABILITIES) + "\"]}"));
        for (int i = 3; i < fields; i++) {
            flat.addAll(List.of("f" + i, "1"));
        }
        StreamEntry entry = new StreamEntry(new EntryId(number, 0), Fields.ofText(flat.toArray(String[]::new)));
        PendingFrame pending = (PendingFrame) new Intake(5).read(
                new Delivery.Fresh(SOURCE, 1, List.of(entry)),
                entry, Instant.EPOCH);
        Routed routed = (Routed) router.decide(camera, pending.needs(), null);
        return new Assigned(pending, routed.choices(), tracing.begin(pending, routed.choices(), Instant.EPOCH), after,
                0);
    }

    private void room() {
        router.available(CAPABILITIES.stream().map(one -> Registration.of("p-" + one, List.of(one), 1_000)).toList());
        CAPABILITIES.forEach(one -> Objects.requireNonNull(router.slot("p-" + one)).seen(1_000));
    }

    @Test
    void framesOfManyFieldsForManyProcessorsGoOneByOne() {
        room();
        List<Assigned> heavy = IntStream.rangeClosed(1, 20)
                .mapToObj(number -> frame(number, "cam", 990, EntryId.FIRST)).toList();
        List<List<Outgoing>> parts = BatchSplitter.of(heavy);
        assertThat(parts).hasSize(20).allSatisfy(part -> assertThat(part).hasSize(1));
    }

    @Test
    void ordinaryFramesGoTogether() {
        room();
        List<Assigned> light = IntStream.rangeClosed(1, 20)
                .mapToObj(number -> frame(number, "cam", 20, EntryId.FIRST)).toList();
        assertThat(BatchSplitter.of(light)).containsExactly(List.copyOf(light));
    }

    @Test
    void aFrameWaitsForThoseOfItsCameraInThePartsBeforeIt() {
        room();
        EntryId older = new EntryId(0, 1);
        List<List<Outgoing>> parts = BatchSplitter
                .of(List.of(frame(1, "a", 990, older), frame(2, "b", 990, EntryId.FIRST),
                        frame(3, "c", 990, EntryId.FIRST), frame(4, "a", 990, EntryId.FIRST)));
        assertThat(parts.stream().map(part -> ((Assigned) part.getFirst()).after())).containsExactly(older,
                EntryId.FIRST, EntryId.FIRST, new EntryId(1, 0));
    }

    @Test
    void longDeadLettersAreCutInPartsToo() {
        String[] letter = IntStream.range(0, 2_000).mapToObj(i -> "x" + i).toArray(String[]::new);
        List<Outgoing> ends = IntStream.rangeClosed(1, 100).<Outgoing>mapToObj(number -> new Outgoing.Terminal(
                new TerminalArrival(new Move.ToDeadLetters(new EntryId(number, 0), new EntryId(number, 0), "cam",
                        Fields.ofText(letter)), "invalid", "no good")))
                .toList();
        List<List<Outgoing>> parts = BatchSplitter.of(ends);
        assertThat(parts.stream().flatMap(List::stream)).containsExactlyElementsOf(ends);
        assertThat(parts).hasSizeGreaterThan(4).allSatisfy(
                part -> assertThat(part.stream().mapToLong(Outgoing::values).sum()).isLessThanOrEqualTo(40_000));
    }
}
