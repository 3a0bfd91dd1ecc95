package framebuffer.orchestrator.flowcontrol;

import framebuffer.wire.EntryId;
import framebuffer.wire.control.CameraPolicy;
import framebuffer.wire.control.CameraPolicy.Keep;
import framebuffer.wire.frame.Frame;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which frames of a camera are worth sending (contract §4).
 *
 * @param keep
 *            {@code ALL}: every one. {@code LATEST}: of those that no processor has begun, the newest for each capability
 * @param maxAge
 *            since its capture, by Redis's clock; older ones are not. Zero: they may be of any age
 */
public record Freshness(Keep keep, Duration maxAge) {
    /** Every frame, of any age. */
    public static final Freshness LOSSLESS = new Freshness(Keep.ALL, Duration.ZERO);

    /** This, but for what a camera's own policy says. */
    public Freshness with(CameraPolicy policy) {
        return new Freshness(policy.keep() == null ? keep : policy.keep(),
                policy.maxAge() == null ? maxAge : policy.maxAge());
    }

    /** Why a frame is no longer worth sending; null: it is. */
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
