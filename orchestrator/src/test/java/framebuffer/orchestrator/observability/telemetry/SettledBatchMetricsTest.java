package framebuffer.orchestrator.observability.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.pipeline.dispatch.FrameEvents.LossReason;
import framebuffer.orchestrator.pipeline.dispatch.FrameEvents.SettledBatch;
import framebuffer.orchestrator.pipeline.dispatch.Outgoing;
import framebuffer.orchestrator.pipeline.intake.Arrival.PendingFrame;
import framebuffer.orchestrator.pipeline.intake.Arrival.TerminalArrival;
import framebuffer.orchestrator.pipeline.intake.Delivery;
import framebuffer.orchestrator.pipeline.intake.Intake;
import framebuffer.orchestrator.pipeline.routing.ProcessorLoads;
import framebuffer.orchestrator.pipeline.routing.Router;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision.Routed;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.Move;
import framebuffer.redis.handoff.Move.MoveOutcome;
import framebuffer.wire.EntryId;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.Fields;
import io.opentelemetry.api.OpenTelemetry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** One settled batch updates the metrics of all its frames. */
class SettledBatchMetricsTest {
    private static final FrameSource SOURCE = new FrameSource("frames:capture", "group",
            FrameSource.SourceKind.CAPTURE);
    private static final EntryId ENTRY = new EntryId(1_000, 0);

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Metrics metrics = new Metrics(registry, 10);

    private static Outgoing frame() {
        StreamEntry entry = new StreamEntry(ENTRY, Fields.ofText("frame_id", "f", "camera_id", "yard"));
        PendingFrame pending = (PendingFrame) new Intake(5)
                .read(new Delivery.Fresh(SOURCE, 1, List.of(entry)), entry, Instant.EPOCH);
        Router router = new Router(RoutingStrategy.LEAST_LOADED);
        router.available(List.of(Registration.of("p", List.of(), 9)));
        Objects.requireNonNull(router.slot("p")).seen(9);
        Routed routed = (Routed) router.decide("yard", pending.needs(), null);
        return new Outgoing.Assigned(pending, routed.choices(),
                new FrameTracing(OpenTelemetry.noop()).begin(pending, routed.choices(), Instant.EPOCH), null, 0);
    }

    private static Outgoing ended(Move move, String reason) {
        return new Outgoing.Terminal(new TerminalArrival(move, reason, ""));
    }

    private void settled(Outgoing item, MoveOutcome... outcomes) {
        metrics.settled(new SettledBatch(Collections.nCopies(outcomes.length, item), List.of(outcomes), Map.of(),
                Instant.ofEpochSecond(3), 1_000_000, ProcessorLoads.NONE));
    }

    private List<String> scraped() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new MetricsExposition(registry).write(out, "text/plain");
        return out.toString(StandardCharsets.UTF_8).lines().filter(line -> line.startsWith("frame_buffer_")).toList();
    }

    @Test
    void countsHandedOffAndRefusedFramesByResult() throws IOException {
        settled(frame(), MoveOutcome.MOVED, MoveOutcome.MOVED, MoveOutcome.FULL, MoveOutcome.CLOSED,
                MoveOutcome.GONE);
        String routed = "frame_buffer_frames_routed_total{camera_id=\"yard\",processor_id=\"p\",result=";
        assertThat(scraped()).contains(routed + "\"success\"} 2.0", routed + "\"full\"} 1.0",
                routed + "\"closed\"} 1.0", "frame_buffer_queue_wait_seconds_count 2",
                "frame_buffer_queue_wait_seconds_sum 4.0", "frame_buffer_handoff_duration_seconds_count 1")
                .noneMatch(line -> line.startsWith("frame_buffer_redeliveries_total{"));
    }

    @Test
    void countsCapturedFramesByCamera() throws IOException {
        metrics.settled(new SettledBatch(List.of(), List.of(), Map.of("yard", 3), Instant.EPOCH, 1,
                ProcessorLoads.NONE));
        assertThat(scraped()).contains("frame_buffer_frames_captured_total{camera_id=\"yard\"} 3.0");
    }

    @Test
    void countsFramesThatEndedHereAndNotThoseThatAnotherInstanceEnded() throws IOException {
        Fields kept = Fields.ofText("frame_id", "f");
        settled(ended(new Move.Shed(ENTRY, ENTRY, "yard", "expired", kept), "expired"), MoveOutcome.MOVED,
                MoveOutcome.GONE);
        settled(ended(new Move.ToDeadLetters(ENTRY, ENTRY, "yard", kept), "invalid"), MoveOutcome.MOVED,
                MoveOutcome.GONE);
        settled(ended(new Move.Lost(ENTRY, ENTRY, "yard"), "lost"), MoveOutcome.MOVED, MoveOutcome.GONE);
        metrics.lost(LossReason.TRIMMED, 5);
        assertThat(scraped()).contains("frame_buffer_frames_shed_total{camera_id=\"yard\",reason=\"expired\"} 1.0",
                "frame_buffer_dead_letters_total{reason=\"invalid\"} 1.0",
                "frame_buffer_frames_lost_total{reason=\"deleted\"} 1.0",
                "frame_buffer_frames_lost_total{reason=\"trimmed\"} 5.0");
    }
}
