package framebuffer.orchestrator.observability.search;

import framebuffer.orchestrator.observability.journey.Journey.FrameState;
import framebuffer.wire.EntryId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One part of a frame, by its last step.
 *
 * @param capability empty: any processor
 * @param reason one word; null: not shed and no dead letter
 * @param detail why, as text; null as above
 * @param processor the processor to which it was handed off; null: shed, or a dead letter
 * @param attempt the number of the attempt; 0: unknown
 * @param at the time of the step
 */
public record FoundFrame(String frameId, String cameraId, EntryId captureId, String capability, FrameState state,
        @Nullable String reason, @Nullable String detail, @Nullable String processor, int attempt, Instant at) {
}
