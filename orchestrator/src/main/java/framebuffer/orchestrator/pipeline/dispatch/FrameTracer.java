package framebuffer.orchestrator.pipeline.dispatch;

import framebuffer.orchestrator.pipeline.intake.Arrival.PendingFrame;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision.Choice;
import framebuffer.wire.TraceContext;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Creates the spans of a frame's hand-off (docs/tracing.md). */
public interface FrameTracer {
    /** Begins the spans of a frame that is about to be handed off. */
    FrameSpans begin(PendingFrame pending, List<Choice> choices, Instant decidedAt);

    /** The spans of one hand-off. They are dropped unless {@link #end} is called. */
    interface FrameSpans {
        /** The dispatch span of choice {@code index}: the parent of the processor's span. */
        TraceContext dispatch(int index);

        /** The id of the trace; null: the trace is not recorded. */
        @Nullable
        String recordedTrace();

        /** Ends the spans: the frame was handed off. */
        void end();
    }
}
