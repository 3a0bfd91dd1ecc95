package framebuffer.orchestrator.flowcontrol;

import framebuffer.wire.EntryId;
import framebuffer.wire.control.CameraPolicy;
import framebuffer.wire.control.CameraPolicy.Keep;
import framebuffer.wire.frame.Frame;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which frames of a camera are worth sending (docs/adr/0005-flow-control.md).
 *
 * @param keep {@code ALL}: every frame. {@code LATEST}: for each capability the newest of the frames that no processor has begun
 * @param maxAge most time since the capture, by Redis's clock; zero: no limit
 */
public record Freshness(Keep keep, Duration maxAge) {
    /** All frames, of any age. */
    public static final Freshness LOSSLESS = new Freshness(Keep.ALL, Duration.ZERO);

    /** This policy, overridden by the camera's own. */
    public Freshness with(CameraPolicy policy) {
        return new Freshness(policy.keep() == null ? keep : policy.keep(),
                policy.maxAge() == null ? maxAge : policy.maxAge());
    }

    /** Why a frame has expired; null: it has not. */
    public @Nullable String expired(Frame frame, EntryId captureId, Instant now) {
        Instant expiresAt = frame.expiresAt();
        if (expiresAt != null && !expiresAt.isAfter(now)) {
            return "it expired at " + expiresAt;
        }
        return !maxAge.isZero() && !captureId.time().plus(maxAge).isAfter(now)
                ? "it had waited for " + Duration.between(captureId.time(), now).toMillis()
                        + " ms; the maximum age of its camera's frames is " + maxAge.toMillis() + " ms"
                : null;
    }
}
