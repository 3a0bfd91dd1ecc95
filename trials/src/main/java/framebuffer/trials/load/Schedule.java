package framebuffer.trials.load;

import java.time.Duration;

/**
 * When each frame is due: evenly, whatever became of those before it. Frames are numbered from 0; moments are nanoseconds of
 * {@link System#nanoTime}.
 *
 * @param start
 *            when frame 0 is due
 * @param fps
 *            frames a second, of all cameras together
 * @param frames
 *            how many there are
 */
public record Schedule(long start, double fps, long frames) {
    private static final double NANOS = 1e9;

    /** As many frames as are due within this time, at least one. */
    public static Schedule of(long start, double fps, Duration duration) {
        return new Schedule(start, fps, Math.max(1, Math.round(fps * duration.toMillis() / 1_000)));
    }

    /** When a frame is due. */
    public long intended(long frame) {
        return start + (long) (frame * NANOS / fps);
    }

    /** How many frames are due by now. */
    public long due(long now) {
        long due = Math.clamp((long) ((now - start) * fps / NANOS), 0, frames);
        // What was rounded there may be off by one.
        while (due < frames && intended(due) <= now) {
            due++;
        }
        while (due > 0 && intended(due - 1) > now) {
            due--;
        }
        return due;
    }

}
