package framebuffer.vision.camera;

import framebuffer.vision.source.CameraUnavailable;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An outage of a camera: logs each reason once, and the end; the pauses between attempts grow. Short recoveries of a few seconds do not
 * reset the pause.
 */
final class Outage {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final int MOST_REASONS = 8;

    private final String cameraId;
    private final LongSupplier nanos;
    private final Logger log;
    private final Set<String> said = new HashSet<>();
    private Duration pause = FIRST_PAUSE;
    private boolean away;
    private long backSince;

    Outage(String cameraId) {
        this(cameraId, System::nanoTime, LoggerFactory.getLogger(Outage.class));
    }

    Outage(String cameraId, LongSupplier nanos, Logger log) {
        this.cameraId = cameraId;
        this.nanos = nanos;
        this.log = log;
    }

    /** Reports a failure with this reason. */
    void begins(CameraUnavailable why) {
        if (!away && nanos.getAsLong() - backSince > LONGEST_PAUSE.toNanos()) {
            pause = FIRST_PAUSE;
        }
        away = true;
        String reason = String.valueOf(why.getMessage());
        if (said.size() < MOST_REASONS && said.add(reason)) {
            log.warn("camera {} is unavailable: {}; trying again", cameraId, reason);
        }
    }

    /** The pause before the next attempt. */
    Duration pause() {
        Duration now = pause;
        pause = now.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : now.multipliedBy(2);
        return now;
    }

    /** Reports a picture. */
    void ends() {
        if (away) {
            away = false;
            said.clear();
            backSince = nanos.getAsLong();
            log.info("camera {} is available", cameraId);
        }
    }
}
