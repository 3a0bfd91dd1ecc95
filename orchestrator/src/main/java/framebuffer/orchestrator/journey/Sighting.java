package framebuffer.orchestrator.journey;

import framebuffer.orchestrator.journey.Journey.Event;
import framebuffer.orchestrator.journey.Journey.State;
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
record Sighting(@Nullable EntryId captureId, String cameraId, @Nullable String capability, State state,
        @Nullable String processor, int attempt, @Nullable Event event) {
}
