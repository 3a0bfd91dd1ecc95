package framebuffer.trials.chaos;

import framebuffer.wire.EntryId;
import java.time.Duration;

/**
 * The clock of a run.
 *
 * @param nanos start by {@link System#nanoTime}
 * @param millis start by the wall clock, which Redis shares
 * @param jumps whether the clock of Redis may jump, so that its times are useless
 */
record Clock(long nanos, long millis, boolean jumps) {
    static Clock start(boolean jumps) {
        return new Clock(System.nanoTime(), System.currentTimeMillis(), jumps);
    }

    Duration since() {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    /** The current time in milliseconds from the start. */
    int now() {
        return (int) since().toMillis();
    }

    /** When an entry was added, in milliseconds from the start; if Redis's clock jumps, the current time. */
    int at(EntryId entry) {
        return jumps ? now() : (int) (entry.millis() - millis);
    }
}
