package framebuffer.orchestrator.observability.journey;

import framebuffer.orchestrator.observability.journey.Journey.FrameState;
import framebuffer.orchestrator.observability.journey.Journey.JourneyEvent;
import framebuffer.wire.EntryId;
import org.jspecify.annotations.Nullable;

/**
 * A frame, or what is left of it, as it was found somewhere.
 *
 * @param captureId
 *            null: it does not say
 * @param cameraId
 *            empty: it does not say
 * @param capability
 *            for which it is there; null: for all that it needs
 * @param processor
 *            who has it, or had it; null: nobody
 * @param attempt
 *            0: it does not say
 * @param event
 *            what that tells; null: nothing
 */
record FrameLocation(@Nullable EntryId captureId, String cameraId, @Nullable String capability, FrameState state,
        @Nullable String processor, int attempt, @Nullable JourneyEvent event) {
}
