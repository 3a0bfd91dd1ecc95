package framebuffer.orchestrator.dispatch;

import framebuffer.orchestrator.intake.Arrival.Ended;
import framebuffer.orchestrator.intake.Arrival.Pending;
import framebuffer.orchestrator.routing.Decision.Choice;
import framebuffer.orchestrator.telemetry.FrameTracing.Spans;
import framebuffer.wire.EntryId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is on its way out. */
public sealed interface Outgoing {

    /**
     * A frame that goes to processors, whose room is reserved.
     *
     * @param after
     *            an entry of its source that it must not overtake, see {@link framebuffer.streams.handoff.Move.ToQueues}
     * @param passed
     *            how many more urgent ones have gone since it came
     */
    record Assigned(Pending pending, List<Choice> choices, Spans spans, @Nullable EntryId after,
            long passed) implements Outgoing {
        public Assigned {
            choices = List.copyOf(choices);
        }
    }

    /** A frame that has come to its end. */
    record Ending(Ended ended) implements Outgoing {
    }
}
