package framebuffer.app.chaos;

import framebuffer.wire.EntryId;
import java.time.Duration;

/**
 * The time of a run.
 *
 * @param nanos
 *            when it began, by {@link System#nanoTime}
 * @param millis
 *            when it began, by the clock on the wall, which is also that of its Redis
 */
record Clock(long nanos, long millis) {
    static Clock start() {
        return new Clock(System.nanoTime(), System.currentTimeMillis());
    }

    Duration since() {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    /** When an entry was added, in milliseconds from the start. */
    int at(EntryId entry) {
        return (int) (entry.millis() - millis);
    }
}
