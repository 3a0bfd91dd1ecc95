package framebuffer.orchestrator.observability.journey;

import framebuffer.orchestrator.pipeline.routing.ProcessorLoads;
import framebuffer.redis.handoff.FrameSource.SourceKind;
import framebuffer.wire.EntryId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One step of one instance with one frame. */
public sealed interface JournalStep {
    /** The producer's name for the frame. */
    String frameId();

    String cameraId();

    /** The id in the capture stream, which distinguishes two frames of the same name. */
    EntryId captureId();

    /** The time of the step. */
    Instant at();

    /** From where the frame was taken. */
    SourceKind from();

    /** The capabilities that the step is about; empty: any processor. */
    List<String> capabilities();

    /** Whether the frame moved. If not, it stayed where it was, and the service tries again. */
    boolean moved();

    /** The parts of the frame that the step is about, each by its name for all steps of that part. */
    default List<String> parts() {
        List<String> names = capabilities().isEmpty() ? List.of("") : capabilities();
        return names.stream().map(capability -> captureId() + " " + capability).toList();
    }

    /** The outcome of a hand-off. */
    enum HandOffResult {
        HANDED_OFF,
        /** A queue was full; the frame is tried again. */
        FULL,
        /** A queue was missing, or no stream; the frame is tried again. */
        CLOSED
    }

    /** How a frame ends without a processor. */
    enum TerminalState {
        /** It became a dead letter. */
        DEAD,
        /** It was no longer worth sending. */
        SHED
    }

    /**
     * A hand-off, or an attempt of one.
     *
     * @param readAt when the instance had read the frame
     * @param holder the processor from whose queue it was taken; null: none
     * @param avoid the processor that had failed with it; null: none
     * @param trace the id of its trace; empty: none
     * @param choices one for each capability
     */
    record HandOffStep(String frameId, String cameraId, EntryId captureId, Instant at, Instant readAt, SourceKind from,
            @Nullable String holder, @Nullable String avoid, int attempt, String trace, HandOffResult outcome,
            List<StepTarget> choices) implements JournalStep {
        public HandOffStep {
            choices = List.copyOf(choices);
        }

        @Override
        public List<String> capabilities() {
            return choices.stream().map(StepTarget::capability).toList();
        }

        @Override
        public boolean moved() {
            return outcome == HandOffResult.HANDED_OFF;
        }
    }

    /**
     * The chosen processor for one capability.
     *
     * @param capability empty: any processor
     */
    record StepTarget(String capability, String processor) {
    }

    /**
     * The end of a frame without a processor.
     *
     * @param reason one word
     * @param detail why, as text
     * @param from where the frame was; a frame that was not in the capture stream was handed off before
     * @param capabilities those for which it ended; empty: any processor
     */
    record TerminalStep(String frameId, String cameraId, EntryId captureId, Instant at, TerminalState ending,
            String reason, String detail, SourceKind from, List<String> capabilities) implements JournalStep {
        public TerminalStep {
            capabilities = List.copyOf(capabilities);
        }

        @Override
        public boolean moved() {
            return true;
        }
    }

    /**
     * Steps of one batch.
     *
     * @param loads load of the processors after these steps
     */
    public record StepBatch(Instant at, ProcessorLoads loads, List<JournalStep> steps) {
        public StepBatch {
            steps = List.copyOf(steps);
        }
    }
}
