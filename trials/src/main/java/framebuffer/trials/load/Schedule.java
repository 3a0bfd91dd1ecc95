package framebuffer.trials.load;

import java.time.Duration;

/**
 * The due times of frames: evenly spaced, independent of earlier frames. Frames are numbered from 0; times are nanoseconds of {@link
 * System#nanoTime}.
 *
 * @param start due time of frame 0
 * @param fps frames per second, of all cameras together
 * @param frames number of frames
 */
public record Schedule(long start, double fps, long frames) {
    private static final double NANOS = 1e9;

    /** A schedule of all frames within this time, at least one. */
    public static Schedule of(long start, double fps, Duration duration) {
        return new Schedule(start, fps, Math.max(1, Math.round(fps * duration.toMillis() / 1_000)));
    }

    /** The due time of a frame. */
    public long intended(long frame) {
        return start + (long) (frame * NANOS / fps);
    }

    /** The number of frames due by now. */
    public long due(long now) {
        long due = Math.clamp((long) ((now - start) * fps / NANOS), 0, frames);
        // The rounded result may be off by one.
        while (due < frames && intended(due) <= now) {
            due++;
        }
        while (due > 0 && intended(due - 1) > now) {
            due--;
        }
        return due;
    }

}
