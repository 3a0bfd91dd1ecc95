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

/** Where a processor's spans go. Whatever its propagators are, frames carry W3C Trace Context and Baggage. */
public final class ProcessorTracing {
    private static final TextMapPropagator W3C = TextMapPropagator.composite(W3CTraceContextPropagator.getInstance(),
            W3CBaggagePropagator.getInstance());

    private final Tracer tracer;

    private ProcessorTracing(Tracer tracer) {
        this.tracer = tracer;
    }

    /** Spans go where {@link GlobalOpenTelemetry} sends them; nowhere when it is not set by now. */
    public static ProcessorTracing global() {
        return to(GlobalOpenTelemetry.getOrNoop());
    }

    /** Spans go where this sends them. */
    public static ProcessorTracing to(OpenTelemetry telemetry) {
        return new ProcessorTracing(telemetry.getTracer("frame-buffer"));
    }

    /** Begins the span {@code process_frame} below the frame's own. Where tracing fails the frame goes on without a span. */
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

    /** Without an SDK there is no span of our own, yet a result needs one: then its ids are made here. */
    private static TraceContext position(SpanContext own, @Nullable TraceContext above) {
        if (own.isValid() && (above == null || !own.getSpanId().equals(above.spanId()))) {
            return new TraceContext(own.getTraceId(), own.getSpanId(), own.getTraceFlags().asByte() & 0xff);
        }
        return above == null ? TraceContext.random() : above.child();
    }

    /** Reads from a frame what an HTTP request would carry in its headers. */
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
