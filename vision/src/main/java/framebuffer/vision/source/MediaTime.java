package framebuffer.vision.source;

import java.util.OptionalLong;

/**
 * Computes the due times of a video's pictures from their timestamps. The first picture is due at 0. The timestamps of many recordings
 * restart, jump or are corrupt. So a picture follows its predecessor after one interval of the frame rate if its timestamp is missing,
 * earlier, or more than 5 s later.
 */
public final class MediaTime {
    static final long LONGEST_STEP_MICROS = 5_000_000;
    /** Timestamps are limited to this distance from 0, so that differences cannot overflow. */
    private static final long FURTHEST = Long.MAX_VALUE / 4;

    private final long intervalMicros;
    private OptionalLong previous = OptionalLong.empty();
    private boolean begun;
    private long dueMicros;

    /**
     * @param intervalMicros interval between pictures without usable timestamps
     */
    public MediaTime(long intervalMicros) {
        this.intervalMicros = intervalMicros;
    }

    /** The due time of the next picture, in microseconds after the first. */
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

    /** The playing time of the pictures so far, including the last. */
    public long lengthMicros() {
        return begun ? dueMicros + intervalMicros : 0;
    }
}
