package framebuffer.vision.source;

import java.util.OptionalLong;

/**
 * The moments at which a video's pictures are due, from the times that the video gives them. The first picture is due at 0. A
 * picture without a time, or whose time lies before that of the picture shown before it or more than 5 s behind, follows that
 * picture after one interval of the frame rate: the times of many recordings begin anew, leap, or are damaged.
 */
public final class MediaTime {
    static final long LONGEST_STEP_MICROS = 5_000_000;
    /** No time is taken to be further from 0 than this, so that the distance of two is a number too. */
    private static final long FURTHEST = Long.MAX_VALUE / 4;

    private final long intervalMicros;
    private OptionalLong previous = OptionalLong.empty();
    private boolean begun;
    private long dueMicros;

    /**
     * @param intervalMicros
     *            from one picture to the next where their times do not say
     */
    public MediaTime(long intervalMicros) {
        this.intervalMicros = intervalMicros;
    }

    /** When the next picture is due, in microseconds since the first one. */
    public long next(OptionalLong timeMicros) {
        OptionalLong time = timeMicros.isEmpty()
                ? timeMicros
                : OptionalLong.of(Math.clamp(timeMicros.getAsLong(), -FURTHEST, FURTHEST));
        if (begun) {
            long step = time.isEmpty() || previous.isEmpty()
                    ? intervalMicros
                    : time.getAsLong() - previous.getAsLong();
            dueMicros += step <= 0 || step > LONGEST_STEP_MICROS ? intervalMicros : step;
        }
        begun = true;
        previous = time.isPresent() || previous.isEmpty()
                ? time
                : OptionalLong.of(previous.getAsLong() + intervalMicros);
        return dueMicros;
    }

    /** How long the pictures so far play, the last one included. */
    public long lengthMicros() {
        return begun ? dueMicros + intervalMicros : 0;
    }
}
