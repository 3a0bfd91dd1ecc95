package framebuffer.orchestrator.journey;

import framebuffer.wire.EntryId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one instance did with one frame, once. */
public sealed interface Step {
    /** As its producer named it. */
    String frameId();

    String cameraId();

    /** Its id in the capture stream, which tells two frames of one name apart. */
    EntryId captureId();

    /** When it was done. */
    Instant at();

    /** Where the frame came from. */
    enum From {
        /** The capture stream. */
        CAPTURE,
        /** Those that processors give back. */
        RETURNED,
        /** A processor's queue, from which it was taken away. */
        QUEUE
    }

    /** What came of a hand-off. */
    enum Outcome {
        HANDED_OFF,
        /** A queue was full after all; it is tried again. */
        FULL,
        /** A queue was missing, or no stream; it is tried again. */
        CLOSED
    }

    /** How a frame ends without a processor. */
    enum Ending {
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
    record HandOff(String frameId, String cameraId, EntryId captureId, Instant at, Instant readAt, From from,
            @Nullable String holder, @Nullable String avoid, int attempt, String trace, Outcome outcome,
            List<Choice> choices) implements Step {
        public HandOff {
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
    record Choice(String capability, String processor) {
    }

    /**
     * It has come to an end without a processor.
     *
     * @param reason
     *            one word
     * @param detail
     *            why, for people
     */
    record End(String frameId, String cameraId, EntryId captureId, Instant at, Ending ending, String reason,
            String detail) implements Step {
    }
}
