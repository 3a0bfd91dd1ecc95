package framebuffer.orchestrator.observability.search;

import framebuffer.orchestrator.observability.journey.JournalStep;
import framebuffer.orchestrator.observability.journey.JournalStep.HandOffStep;
import framebuffer.orchestrator.observability.journey.JournalStep.TerminalStep;
import framebuffer.orchestrator.observability.journey.Journey.FrameState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which frames are wanted; null: any.
 *
 * @param reason the reason of a shed frame or a dead letter
 * @param processor the processor to which the frame was handed off last
 * @param from the first moment of the last step
 * @param to the moment before which the last step was
 */
public record FrameFilter(@Nullable String camera, @Nullable String capability, @Nullable FrameState state,
        @Nullable String reason, @Nullable String processor, @Nullable Instant from, @Nullable Instant to) {

    /** Whether the step on this line of the journal can match. Spares decoding most of the others. */
    boolean admits(String line) {
        boolean terminal = line.charAt(0) == 'E';
        if (terminal ? processor != null : reason != null) {
            return false;
        }
        // A name with special characters is escaped on the line.
        if (camera != null && camera.chars().allMatch(c -> c > '\\' || (c >= ' ' && c < '\\'))
                && !line.contains(camera)) {
            return false;
        }
        return state == null || terminal == (state == FrameState.SHED || state == FrameState.DEAD);
    }

    /** Whether the step matches. Where a frame is that was handed off, the step does not say. */
    boolean admits(JournalStep step) {
        return step.moved() && isOrAny(camera, step.cameraId()) && (from == null || !step.at().isBefore(from))
                && (to == null || step.at().isBefore(to)) && switch (step) {
                    case HandOffStep _ -> true;
                    case TerminalStep end -> isOrAny(reason, end.reason()) && isOrAny(state, stateOf(end));
                };
    }

    /** Whether the part of the step matches. */
    boolean admits(String itsCapability, @Nullable String itsProcessor) {
        return isOrAny(capability, itsCapability) && isOrAny(processor, itsProcessor);
    }

    static FrameState stateOf(TerminalStep end) {
        return switch (end.ending()) {
            case DEAD -> FrameState.DEAD;
            case SHED -> FrameState.SHED;
        };
    }

    static <T> boolean isOrAny(@Nullable T wanted, @Nullable T value) {
        return wanted == null || wanted.equals(value);
    }
}
