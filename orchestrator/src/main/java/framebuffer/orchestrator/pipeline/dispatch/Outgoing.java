package framebuffer.orchestrator.pipeline.dispatch;

import framebuffer.orchestrator.pipeline.dispatch.FrameTracer.FrameSpans;
import framebuffer.orchestrator.pipeline.intake.Arrival.PendingFrame;
import framebuffer.orchestrator.pipeline.intake.Arrival.TerminalArrival;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision.Choice;
import framebuffer.redis.handoff.Move;
import framebuffer.wire.EntryId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A frame that leaves the window in a batch. */
public sealed interface Outgoing {
    /** Approximate number of values that it adds to a step of Redis. */
    long values();

    /** Values for each frame besides its own fields. */
    int ADDED = 12;

    /**
     * A frame that goes to processors whose room is reserved.
     *
     * @param after an entry of its source that it must not overtake, see {@link framebuffer.redis.handoff.Move.ToQueues}
     * @param passed more urgent frames that went since it came
     */
    record Assigned(PendingFrame pending, List<Choice> choices, FrameSpans spans, @Nullable EntryId after,
            long passed) implements Outgoing {
        public Assigned {
            choices = List.copyOf(choices);
        }

        @Override
        public long values() {
            return choices.size() * (2L * pending.frame().fields().size() + ADDED);
        }

        /** The same frame, not to overtake {@code ahead}. */
        Assigned behind(EntryId ahead) {
            return new Assigned(pending, choices, spans, ahead, passed);
        }
    }

    /** A frame that has ended. */
    record Terminal(TerminalArrival ended) implements Outgoing {
        @Override
        public long values() {
            return ADDED + switch (ended.move()) {
                case Move.ToDeadLetters dead -> 2L * dead.letter().size();
                case Move.Deferred deferred -> 2L * deferred.returned().size();
                case Move.Shed shed -> 2L * shed.kept().size();
                case Move.Lost _,Move.ToQueues _ -> 0;
            };
        }
    }
}
