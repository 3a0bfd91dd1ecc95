package framebuffer.client.telemetry;

import framebuffer.wire.TraceContext;
import framebuffer.wire.frame.Frame;
import framebuffer.wire.frame.QueuedFrame;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Creates a processor's spans. With any propagators, frames carry W3C Trace Context and Baggage. */
public final class ProcessorTracing {
    private static final TextMapPropagator W3C = TextMapPropagator.composite(W3CTraceContextPropagator.getInstance(),
            W3CBaggagePropagator.getInstance());

    private final Tracer tracer;

    private ProcessorTracing(Tracer tracer) {
        this.tracer = tracer;
    }

    /** Exports spans with {@link GlobalOpenTelemetry}; exports none if it is not set yet. */
    public static ProcessorTracing global() {
        return to(GlobalOpenTelemetry.getOrNoop());
    }

    /** Exports spans with this instance. */
    public static ProcessorTracing to(OpenTelemetry telemetry) {
        return new ProcessorTracing(telemetry.getTracer("frame-buffer"));
    }

    /** Starts the span {@code process_frame} as a child of the frame's span. If tracing fails, the frame continues without a span. */
    public ProcessSpan begin(QueuedFrame queued, String processorId) {
        try {
            return begun(queued, processorId);
        } catch (RuntimeException | LinkageError e) {
            ProcessSpan.broken(e);
            return new ProcessSpan(Span.getInvalid(), Context.root(),
                    position(SpanContext.getInvalid(), queued.frame().trace()));
        }
    }

    private ProcessSpan begun(QueuedFrame queued, String processorId) {
        Frame frame = queued.frame();
        Context above = W3C.extract(Context.root(), frame, new Getter());
        Span span = tracer.spanBuilder("process_frame").setParent(above).setSpanKind(SpanKind.CONSUMER)
                .setAttribute("frame.id", frame.frameId()).setAttribute("frame.camera_id", frame.cameraId())
                .setAttribute("processor.id", processorId).setAttribute("capability", queued.capability()).startSpan();
        return new ProcessSpan(span, above, position(span.getSpanContext(), frame.trace()));
    }

    /** Without an SDK there is no real span, but a result needs one: generate its ids here. */
    private static TraceContext position(SpanContext own, @Nullable TraceContext above) {
        if (own.isValid() && (above == null || !own.getSpanId().equals(above.spanId()))) {
            return new TraceContext(own.getTraceId(), own.getSpanId(), own.getTraceFlags().asByte() & 0xff);
        }
        return above == null ? TraceContext.random() : above.child();
    }

    /** Reads from a frame the values that an HTTP request carries in its headers. */
    private static final class Getter implements TextMapGetter<Frame> {
        @Override
        public Iterable<String> keys(Frame frame) {
            return List.of("traceparent", "tracestate", "baggage");
        }

        @Override
        public @Nullable String get(@Nullable Frame frame, String key) {
            if (frame == null) {
                return null;
            }
            TraceContext trace = frame.trace();
            return switch (key) {
                case "traceparent" -> trace == null ? null : trace.traceparent();
                case "tracestate", "baggage" -> frame.fields().text(key);
                default -> null;
            };
        }
    }
}
