package framebuffer.orchestrator.observability.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.pipeline.dispatch.FrameTracer.FrameSpans;
import framebuffer.orchestrator.pipeline.intake.Arrival.PendingFrame;
import framebuffer.orchestrator.pipeline.routing.Router;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision.Choice;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision.Routed;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.wire.EntryId;
import framebuffer.wire.control.Registration;
import framebuffer.wire.frame.Frame;
import framebuffer.wire.frame.FrameCodec;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameTracingTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PRODUCER = "b7ad6b7169203331";

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final FrameTracing tracing = new FrameTracing(
            OpenTelemetrySdk.builder().setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exporter)).build()).build());

    private static PendingFrame frame(String... more) {
        return frame(FrameSource.SourceKind.CAPTURE, 1, more);
    }

    private static PendingFrame frame(FrameSource.SourceKind from, int attempt, String... more) {
        Fields.Writer fields = new Fields.Writer(8).put("frame_id", "f").put("camera_id", "c");
        for (int i = 0; i < more.length; i += 2) {
            fields.put(more[i], more[i + 1]);
        }
        return switch (FrameCodec.decode(new EntryId(1, 0), fields.fields())) {
            case Decoded.Valid<Frame>(Frame frame) -> new PendingFrame(frame, new FrameSource("s", "g", from),
                    new EntryId(1, 0), new EntryId(1, 0), List.of(), attempt, NOW, null, null, false, false, null, NOW,
                    0);
            case Decoded.Invalid<Frame> invalid -> throw new AssertionError(invalid.detail());
        };
    }

    private static List<Choice> choices() {
        Router router = new Router(RoutingStrategy.LEAST_LOADED);
        router.available(List.of(Registration.of("face-1", List.of("face"), 4)));
        return router.decide("c", List.of(), null) instanceof Routed routed ? routed.choices() : List.of();
    }

    private SpanData span(String name) {
        return exporter.getFinishedSpanItems().stream().filter(span -> span.getName().equals(name)).findFirst()
                .orElseThrow();
    }

    private FrameSpans traced(FrameTracing by, PendingFrame frame) {
        FrameSpans spans = by.begin(frame, choices(), NOW);
        spans.end();
        return spans;
    }

    @Test
    void theSpansOfAFrameStandBelowItsProducers() {
        FrameSpans spans = tracing.begin(frame("traceparent", "00-" + TRACE + "-" + PRODUCER + "-01"),
                choices(), NOW);
        assertThat(spans.recordedTrace()).isEqualTo(TRACE);
        spans.end();
        assertThat(exporter.getFinishedSpanItems()).extracting(SpanData::getName).containsExactlyInAnyOrder(
                "frame_buffer_orchestrator_received", "route_frame", "dispatch_to_processor");
        SpanData received = span("frame_buffer_orchestrator_received");
        assertThat(received.getParentSpanId()).isEqualTo(PRODUCER);
        assertThat(exporter.getFinishedSpanItems()).allSatisfy(span -> assertThat(span.getTraceId()).isEqualTo(TRACE));
        assertThat(span("route_frame").getParentSpanId()).isEqualTo(received.getSpanId());
        assertThat(span("dispatch_to_processor").getParentSpanId()).isEqualTo(received.getSpanId());
        assertThat(spans.dispatch(0).spanId()).isEqualTo(span("dispatch_to_processor").getSpanId());
    }

    @Test
    void aFrameThatIsTriedAgainIsLinkedToTheHandOffBefore() {
        traced(tracing,
                frame(FrameSource.SourceKind.RETURNED, 2, "traceparent", "00-" + TRACE + "-" + PRODUCER + "-01"));
        SpanData received = span("frame_buffer_orchestrator_received");
        assertThat(received.getLinks()).singleElement()
                .satisfies(link -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(PRODUCER));
        assertThat(received.getTraceId()).isEqualTo(TRACE);
        assertThat(received.getAttributes().get(AttributeKey.longKey("frame.attempt"))).isEqualTo(2);
    }

    @Test
    void aFrameWithoutATraceGetsOne() {
        FrameSpans spans = traced(tracing, frame());
        assertThat(exporter.getFinishedSpanItems()).hasSize(3);
        assertThat(spans.dispatch(0).flags() & 1).isOne();
    }

    @Test
    void whatItsProducerLeavesOutIsLeftOutAndItsTraceGoesOn() {
        FrameSpans spans = traced(tracing, frame("traceparent", "00-" + TRACE + "-" + PRODUCER + "-00"));
        assertThat(exporter.getFinishedSpanItems()).isEmpty();
        assertThat(spans.dispatch(0).traceId()).isEqualTo(TRACE);
        assertThat(spans.dispatch(0).flags()).isZero();
        assertThat(spans.recordedTrace()).isNull();
    }

    @Test
    void withTracingOffTheIdsAreMadeAllTheSame() {
        FrameSpans spans = traced(new FrameTracing(OpenTelemetry.noop()),
                frame("traceparent", "00-" + TRACE + "-" + PRODUCER + "-01"));
        assertThat(spans.dispatch(0).traceId()).isEqualTo(TRACE);
        assertThat(spans.dispatch(0).spanId()).isNotEqualTo(PRODUCER);
        assertThat(spans.recordedTrace()).isNull();
    }
}
