package framebuffer.orchestrator.observability.journey;

import framebuffer.orchestrator.observability.journey.Journey.FrameState;
import framebuffer.orchestrator.observability.journey.Journey.JourneyEvent;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.StoredResult;
import org.jspecify.annotations.Nullable;

/**
 * A frame, or its remains, found at one place.
 *
 * @param captureId null: unknown
 * @param cameraId empty: unknown
 * @param capability the capability it is there for; null: all that it needs
 * @param processor the processor that has it, or had it; null: none
 * @param attempt 0: unknown
 * @param event the event that this proves; null: none
 * @param result the result; null: it is none, or a malformed one
 */
record FrameLocation(@Nullable EntryId captureId, String cameraId, @Nullable String capability, FrameState state,
        @Nullable String processor, int attempt, @Nullable JourneyEvent event,
        @Nullable StoredResult result) {
}
