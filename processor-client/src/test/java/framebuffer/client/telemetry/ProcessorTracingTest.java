package framebuffer.client.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.wire.EntryId;
import framebuffer.wire.TraceContext;
import framebuffer.wire.frame.QueuedFrame;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessorTracingTest {
    private static final TraceContext ABOVE = new TraceContext("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331",
            1);

    private final InMemorySpanExporter exported = InMemorySpanExporter.create();
    private final ProcessorTracing tracing = ProcessorTracing.to(OpenTelemetrySdk.builder().setTracerProvider(
            SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(exported)).build()).build());

    @Test
    void theSpanIsAChildOfTheFramesOwn() {
        ProcessSpan span = tracing.begin(frame("traceparent", ABOVE.traceparent(), "tracestate", "vendor=1"), "face-1");
        span.close();
        SpanData data = exported.getFinishedSpanItems().getFirst();
        assertThat(data.getName()).isEqualTo("process_frame");
        assertThat(data.getParentSpanId()).isEqualTo(ABOVE.spanId());
        assertThat(data.getSpanContext().getTraceState().get("vendor")).isEqualTo("1");
        assertThat(span.position()).isEqualTo(new TraceContext(ABOVE.traceId(), data.getSpanId(), 1));
    }

    @Test
    void theSpanSaysWhichFrameWhoAndWhatFor() {
        tracing.begin(frame("capability", "face_detection"), "face-1").close();
        SpanData data = exported.getFinishedSpanItems().getFirst();
        assertThat(data.getAttributes().asMap()).containsEntry(AttributeKey.stringKey("frame.id"), "f-1")
                .containsEntry(AttributeKey.stringKey("frame.camera_id"), "cam-1")
                .containsEntry(AttributeKey.stringKey("processor.id"), "face-1")
                .containsEntry(AttributeKey.stringKey("capability"), "face_detection");
    }

    @Test
    void itIsCurrentWhileTheHandlerRunsAndBringsTheBaggage() throws Exception {
        ProcessSpan span = tracing.begin(frame("baggage", "site=north"), "face-1");
        List<String> seen = span.call(() -> List.of(Span.current().getSpanContext().getSpanId(),
                String.valueOf(Baggage.current().getEntryValue("site"))));
        span.close();
        assertThat(seen).containsExactly(span.position().spanId(), "north");
        assertThat(Span.current().getSpanContext().isValid()).isFalse();
    }

    @Test
    void aFailureIsSeenInTheSpan() {
        ProcessSpan span = tracing.begin(frame(), "face-1");
        span.failed(new IllegalStateException("no model"));
        span.close();
        SpanData data = exported.getFinishedSpanItems().getFirst();
        assertThat(data.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(data.getEvents()).hasSize(1);
    }

    @Test
    void aTraceThatIsNotSampledStaysSo() {
        TraceContext unsampled = new TraceContext(ABOVE.traceId(), ABOVE.spanId(), 0);
        ProcessSpan span = tracing.begin(frame("traceparent", unsampled.traceparent()), "face-1");
        span.close();
        assertThat(exported.getFinishedSpanItems()).isEmpty();
        assertThat(span.position().sampled()).isFalse();
        assertThat(span.position().traceId()).isEqualTo(ABOVE.traceId());
        assertThat(span.position().spanId()).isNotEqualTo(ABOVE.spanId());
    }

    @Test
    void withoutAnSdkTheTraceGoesOnAllTheSame() {
        ProcessorTracing off = ProcessorTracing.to(OpenTelemetry.noop());
        TraceContext below = off.begin(frame("traceparent", ABOVE.traceparent()), "face-1").position();
        assertThat(below.traceId()).isEqualTo(ABOVE.traceId());
        assertThat(below.spanId()).isNotEqualTo(ABOVE.spanId());
        assertThat(off.begin(frame(), "face-1").position().traceId()).isNotEqualTo(ABOVE.traceId());
    }

    private static QueuedFrame frame(String... more) {
        List<String> text = new ArrayList<>(List.of("frame_id", "f-1", "camera_id", "cam-1"));
        text.addAll(List.of(more));
        return switch (QueuedFrame.decode(EntryId.FIRST, Fields.ofText(text.toArray(String[]::new)))) {
            case Decoded.Valid<QueuedFrame>(QueuedFrame queued) -> queued;
            case Decoded.Invalid<QueuedFrame> invalid -> throw new AssertionError(invalid.detail());
        };
    }
}
