package framebuffer.app.serve;

import framebuffer.wire.TraceContext;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Exports the spans of this process with OpenTelemetry, configured by the standard {@code OTEL_*} variables. */
public final class Tracing implements AutoCloseable {
    /**
     * Size of the span queue: a frame has up to four spans in a process, so it holds some seconds at 1 000 frames/s. Further spans are
     * dropped: frames do not wait.
     */
    private static final Map<String, String> DEFAULTS = Map.of("otel.metrics.exporter", "none", "otel.logs.exporter",
            "none", "otel.exporter.otlp.protocol", "http/protobuf", "otel.bsp.max.queue.size", "20000",
            "otel.bsp.max.export.batch.size", "2000", "otel.bsp.schedule.delay", "1000");

    private final OpenTelemetry telemetry;
    private final Tracer tracer;

    private Tracing(OpenTelemetry telemetry) {
        this.telemetry = telemetry;
        this.tracer = telemetry.getTracer("frame-buffer");
    }

    /** Exports no spans. */
    public static Tracing off() {
        return new Tracing(OpenTelemetry.noop());
    }

    /**
     * Exports spans as the environment configures; exports none if it names neither an endpoint nor an exporter.
     *
     * @param service name of this process, unless {@code OTEL_SERVICE_NAME} is set
     */
    public static Tracing fromEnvironment(Map<String, String> environment, String service) {
        boolean wanted = environment.keySet().stream().anyMatch(name -> name.equals("OTEL_TRACES_EXPORTER")
                || (name.startsWith("OTEL_EXPORTER_OTLP") && name.endsWith("ENDPOINT")));
        if (!wanted) {
            return off();
        }
        Map<String, String> defaults = new HashMap<>(DEFAULTS);
        defaults.put("otel.service.name", service);
        Map<String, String> given = new HashMap<>();
        environment.forEach((name, value) -> given.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value));
        given.keySet().removeIf(name -> !name.startsWith("otel."));
        return new Tracing(AutoConfiguredOpenTelemetrySdk.builder().addPropertiesSupplier(() -> defaults)
                .addPropertiesCustomizer(_ -> given).disableShutdownHook().build().getOpenTelemetrySdk());
    }

    /** For code that creates its own spans. */
    public OpenTelemetry telemetry() {
        return telemetry;
    }

    /** For processors in this process. */
    public framebuffer.client.telemetry.ProcessorTracing ofProcessors() {
        return framebuffer.client.telemetry.ProcessorTracing.to(telemetry);
    }

    /**
     * Starts the first span of a frame's trace, {@code capture_frame}. Null if no spans are exported: a frame that named an unexported span
     * would leave the rest of its trace without a parent.
     */
    public @Nullable TraceContext announce(String frameId, String cameraId) {
        if (telemetry.equals(OpenTelemetry.noop())) {
            return null;
        }
        Span span = tracer.spanBuilder("capture_frame").setParent(Context.root()).setSpanKind(SpanKind.PRODUCER)
                .setAttribute("frame.id", frameId).setAttribute("frame.camera_id", cameraId).startSpan();
        span.end();
        SpanContext context = span.getSpanContext();
        return new TraceContext(context.getTraceId(), context.getSpanId(), context.getTraceFlags().asByte() & 0xff);
    }

    /** Exports the remaining spans, for up to some seconds. */
    @Override
    public void close() {
        if (telemetry instanceof OpenTelemetrySdk sdk) {
            sdk.close();
        }
    }
}
