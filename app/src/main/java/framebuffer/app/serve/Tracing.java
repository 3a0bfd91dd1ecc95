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

/** Where the spans of this process go: OpenTelemetry, set up by its standard {@code OTEL_*} variables. */
public final class Tracing implements AutoCloseable {
    /**
     * A frame has up to four spans in a process. What the exporter has not taken is kept for some seconds at 1 000 frames/s, and then
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

    /** Spans go nowhere. */
    public static Tracing off() {
        return new Tracing(OpenTelemetry.noop());
    }

    /**
     * Spans go where the environment says; nowhere when it names neither an endpoint nor an exporter.
     *
     * @param service
     *            what this process is called, unless {@code OTEL_SERVICE_NAME} says otherwise
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

    /** For what makes spans of its own. */
    public OpenTelemetry telemetry() {
        return telemetry;
    }

    /** For processors in this process. */
    public framebuffer.client.telemetry.ProcessorTracing ofProcessors() {
        return framebuffer.client.telemetry.ProcessorTracing.to(telemetry);
    }

    /**
     * Begins the trace of a frame that this process announces: its first span, {@code capture_frame}. Null when spans go nowhere: a frame
     * that names a span which nobody will ever see would leave all others of its trace without a parent.
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

    /** Exports what is left, for up to some seconds. */
    @Override
    public void close() {
        if (telemetry instanceof OpenTelemetrySdk sdk) {
            sdk.close();
        }
    }
}
