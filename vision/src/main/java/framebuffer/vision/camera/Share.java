package framebuffer.vision.camera;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Selects an evenly spread share of a camera's pictures. */
final class Share {
    /** For so long the camera must send all its pictures before the end of a reduction is reported. */
    private static final Duration STEADY = Duration.ofMinutes(1);

    /** The accumulated fraction of a picture; kept below one, so that held-back pictures are not caught up. */
    private double owed;
    private @Nullable Instant lastReduced;

    /**
     * Whether to publish the next picture.
     *
     * @param share from 0 (none) to 1 (all)
     */
    boolean takes(double share) {
        owed += share;
        if (owed < 1) {
            return false;
        }
        owed -= 1;
        return true;
    }

    /**
     * What to log of this share: that a reduction begins or ends. A share changes constantly, so what lies between is not logged.
     *
     * @return null: nothing
     */
    @Nullable
    String report(double share, Instant now) {
        if (share < 1) {
            boolean begins = lastReduced == null;
            lastReduced = now;
            return begins
                    ? "sends " + Math.round(100 * share) + " % of its pictures: the service asks for fewer"
                    : null;
        }
        // A clock that was set back must not make a reduction last for ever.
        if (lastReduced == null || Duration.between(lastReduced, now).abs().compareTo(STEADY) < 0) {
            return null;
        }
        lastReduced = null;
        return "sends all its pictures again";
    }
}
