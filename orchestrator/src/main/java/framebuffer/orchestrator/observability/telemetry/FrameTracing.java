package framebuffer.orchestrator.observability.telemetry;

import framebuffer.orchestrator.pipeline.dispatch.FrameTracer;
import framebuffer.orchestrator.pipeline.intake.Arrival.PendingFrame;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision.Choice;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.wire.TraceContext;
import framebuffer.wire.frame.Frame;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The spans of a frame in this service (docs/tracing.md), below the producer's span. They begin just before the hand-off and end after it; the
 * spans of a refused hand-off are dropped.
 *
 * <p>
 * With tracing off, spans still get ids, so that entries in work queues always have the same fields.
 */
public final class FrameTracing implements FrameTracer {
    private final OpenTelemetry telemetry;
    private final Tracer tracer;

    public FrameTracing(OpenTelemetry telemetry) {
        this.telemetry = telemetry;
        this.tracer = telemetry.getTracer("frame-buffer");
    }

    private record Spans(List<TraceContext> dispatch, List<Span> open,
            @Nullable String recordedTrace) implements FrameSpans {
        Spans(List<TraceContext> dispatch, List<Span> open) {
            this(dispatch, open,
                    open.isEmpty() || !open.getFirst().isRecording() ? null : dispatch.getFirst().traceId());
        }

        @Override
        public TraceContext dispatch(int index) {
            return dispatch.get(index);
        }

        @Override
        public void end() {
            open.reversed().forEach(Span::end);
        }
    }

    @Override
    public FrameSpans begin(PendingFrame pending, List<Choice> choices, Instant decidedAt) {
        Frame frame = pending.frame();
        if (telemetry.equals(OpenTelemetry.noop()) || isLeftOut(frame.trace())) {
            return idsOnly(frame, choices.size());
        }
        List<TraceContext> contexts = new ArrayList<>(choices.size());
        List<Span> open = new ArrayList<>(1 + 2 * choices.size());
        SpanBuilder builder = tracer.spanBuilder("frame_buffer_orchestrator_received").setParent(parent(frame.trace()))
                .setSpanKind(SpanKind.CONSUMER).setStartTimestamp(pending.readAt())
                .setAttribute("frame.id", frame.frameId()).setAttribute("frame.camera_id", frame.cameraId())
                .setAttribute("frame.priority", frame.priority());
        if (pending.source().kind() != FrameSource.SourceKind.CAPTURE && frame.trace() != null) {
            // The frame carries the span of its previous hand-off.
            builder.addLink(remote(frame.trace())).setAttribute("frame.attempt", pending.attempt());
        }
        Span received = builder.startSpan();
        open.add(received);
        for (Choice choice : choices) {
            route(received, frame, choice, decidedAt).end();
            Span dispatch = below(received, "dispatch_to_processor").setSpanKind(SpanKind.PRODUCER)
                    .setStartTimestamp(decidedAt).setAttribute("processor.id", choice.slot().registration().id())
                    .setAttribute("queue.name", choice.slot().registration().queue()).startSpan();
            open.add(dispatch);
            contexts.add(context(dispatch.getSpanContext()));
        }
        return new Spans(contexts, open);
    }

    private Span route(Span received, Frame frame, Choice choice, Instant decidedAt) {
        double load = (double) choice.slot().outstanding() / choice.slot().registration().capacity();
        return below(received, "route_frame").setStartTimestamp(decidedAt).setAttribute("frame.id", frame.frameId())
                .setAttribute("selected_processor", choice.slot().registration().id())
                .setAttribute("processor_load", load).startSpan();
    }

    private SpanBuilder below(Span parent, String name) {
        return tracer.spanBuilder(name).setParent(Context.root().with(parent));
    }

    private static Spans idsOnly(Frame frame, int choices) {
        TraceContext producer = frame.trace();
        TraceContext above = producer == null ? TraceContext.random() : producer;
        List<TraceContext> contexts = new ArrayList<>(choices);
        for (int i = 0; i < choices; i++) {
            contexts.add(above.child());
        }
        return new Spans(contexts, List.of());
    }

    /** The producer has decided not to record this trace, so spans would cost as much as recorded ones without use. */
    private static boolean isLeftOut(@Nullable TraceContext producer) {
        return producer != null && (producer.flags() & 1) == 0;
    }

    private static Context parent(@Nullable TraceContext producer) {
        if (producer == null) {
            return Context.root();
        }
        return Context.root().with(Span.wrap(remote(producer)));
    }

    private static SpanContext remote(TraceContext span) {
        return SpanContext.createFromRemoteParent(span.traceId(), span.spanId(),
                TraceFlags.fromByte((byte) span.flags()), TraceState.getDefault());
    }

    private static TraceContext context(SpanContext span) {
        return new TraceContext(span.getTraceId(), span.getSpanId(), span.getTraceFlags().asByte() & 0xff);
    }
}
