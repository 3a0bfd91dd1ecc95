package framebuffer.vision.camera;

import framebuffer.vision.source.CameraUnavailable;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time in which a camera gives no pictures: each reason for it is said once, its end too, and the pauses between tries grow. A camera
 * that breaks off again and again within seconds is tried no faster for it.
 */
final class Outage {
    private static final Logger log = LoggerFactory.getLogger(Outage.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final int MOST_REASONS = 8;

    private final String cameraId;
    private final LongSupplier nanos;
    private final Set<String> said = new HashSet<>();
    private Duration pause = FIRST_PAUSE;
    private boolean away;
    private long backSince;

    Outage(String cameraId) {
        this(cameraId, System::nanoTime);
    }

    Outage(String cameraId, LongSupplier nanos) {
        this.cameraId = cameraId;
        this.nanos = nanos;
    }

    /** There are no pictures, for this reason. */
    void begins(CameraUnavailable why) {
        if (!away && nanos.getAsLong() - backSince > LONGEST_PAUSE.toNanos()) {
            pause = FIRST_PAUSE;
        }
        away = true;
        String reason = String.valueOf(why.getMessage());
        if (said.size() < MOST_REASONS && said.add(reason)) {
            log.warn("camera {} is away: {}; trying again", cameraId, reason);
        }
    }

    /** How long to wait before the next try. */
    Duration pause() {
        Duration now = pause;
        pause = now.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : now.multipliedBy(2);
        return now;
    }

    /** There is a picture. */
    void ends() {
        if (away) {
            away = false;
            said.clear();
            backSince = nanos.getAsLong();
            log.info("camera {} is there", cameraId);
        }
    }
}
