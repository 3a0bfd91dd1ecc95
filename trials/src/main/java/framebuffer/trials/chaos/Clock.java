package framebuffer.trials.chaos;

import framebuffer.wire.EntryId;
import java.time.Duration;

/**
 * The time of a run.
 *
 * @param nanos
 *            when it began, by {@link System#nanoTime}
 * @param millis
 *            when it began, by the clock on the wall, which is also that of its Redis
 * @param jumps
 *            whether the clock of Redis may jump: then its times say nothing
 */
record Clock(long nanos, long millis, boolean jumps) {
    static Clock start(boolean jumps) {
        return new Clock(System.nanoTime(), System.currentTimeMillis(), jumps);
    }

    Duration since() {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    /** In milliseconds from the start. */
    int now() {
        return (int) since().toMillis();
    }

    /** When an entry was added, in milliseconds from the start; where the clock of Redis jumps, when it was heard of. */
    int at(EntryId entry) {
        return jumps ? now() : (int) (entry.millis() - millis);
    }
}
