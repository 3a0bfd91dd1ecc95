package framebuffer.vision.camera;

/** Schedules pictures, so that a recording plays at its original speed. */
final class Playback {
    /** A larger delay is not caught up, because the pictures would arrive in a burst. */
    private static final long MOST_BEHIND_MILLIS = 1000;
    private static final int MICROS_PER_MILLI = 1000;

    private final boolean dueOnArrival;
    private long startMillis;

    /**
     * @param dueOnArrival whether pictures arrive when they are due
     * @param nowMillis current time of a monotonic clock
     */
    Playback(boolean dueOnArrival, long nowMillis) {
        this.dueOnArrival = dueOnArrival;
        this.startMillis = nowMillis;
    }

    /** The time until this picture is due, in milliseconds; 0: due now. */
    long waitMillis(long atMicros, long nowMillis) {
        long wait = dueOnArrival ? 0 : startMillis + atMicros / MICROS_PER_MILLI - nowMillis;
        if (wait < -MOST_BEHIND_MILLIS) {
            startMillis -= wait;
        }
        return Math.max(0, wait);
    }

    /** Restarts the video after the end of the played part. */
    void again(long lengthMicros) {
        startMillis += lengthMicros / MICROS_PER_MILLI;
    }
}
