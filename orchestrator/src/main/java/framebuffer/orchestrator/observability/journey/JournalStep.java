package framebuffer.orchestrator.observability.journey;

import framebuffer.orchestrator.pipeline.routing.ProcessorLoads;
import framebuffer.redis.handoff.FrameSource.SourceKind;
import framebuffer.wire.EntryId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one instance did with one frame, once. */
public sealed interface JournalStep {
    /** As its producer named it. */
    String frameId();

    String cameraId();

    /** Its id in the capture stream, which tells two frames of one name apart. */
    EntryId captureId();

    /** When it was done. */
    Instant at();

    /** What came of a hand-off. */
    enum HandOffResult {
        HANDED_OFF,
        /** A queue was full after all; it is tried again. */
        FULL,
        /** A queue was missing, or no stream; it is tried again. */
        CLOSED
    }

    /** How a frame ends without a processor. */
    enum TerminalState {
        /** Given up on. */
        DEAD,
        /** Not worth sending any more. */
        SHED
    }

    /**
     * It was handed off, or tried to be.
     *
     * @param readAt
     *            when the instance had read it
     * @param holder
     *            the processor from whose queue it was taken; null: from none's
     * @param avoid
     *            the processor that had failed with it; null: none
     * @param trace
     *            the id of its trace; empty: none
     * @param choices
     *            one for each capability
     */
    record HandOffStep(String frameId, String cameraId, EntryId captureId, Instant at, Instant readAt, SourceKind from,
            @Nullable String holder, @Nullable String avoid, int attempt, String trace, HandOffResult outcome,
            List<StepTarget> choices) implements JournalStep {
        public HandOffStep {
            choices = List.copyOf(choices);
        }
    }

    /**
     * Where it goes for one capability.
     *
     * @param capability
     *            empty: any processor would do
     * @param processor
     *            the id of the one that was chosen
     */
    record StepTarget(String capability, String processor) {
    }

    /**
     * It has come to an end without a processor.
     *
     * @param reason
     *            one word
     * @param detail
     *            why, for people
     */
    record TerminalStep(String frameId, String cameraId, EntryId captureId, Instant at, TerminalState ending,
            String reason,
            String detail) implements JournalStep {
    }

    /**
     * Steps that were done at once.
     *
     * @param at
     *            when
     * @param loads
     *            how full the processors were then, all of these steps included
     */
    public record StepBatch(Instant at, ProcessorLoads loads, List<JournalStep> steps) {
        public StepBatch {
            steps = List.copyOf(steps);
        }
    }
}
