package framebuffer.vision.camera;

/** When a picture is to be shown, so that a recording plays at the speed at which it was taken. */
final class Playback {
    /** Further behind than this, what was missed is not made up for: it would come as a burst. */
    private static final long MOST_BEHIND_MILLIS = 1000;
    private static final int MICROS_PER_MILLI = 1000;

    private final boolean dueOnArrival;
    private long startMillis;

    /**
     * @param dueOnArrival
     *            whether pictures come by themselves when they are due
     * @param nowMillis
     *            by a clock that never jumps
     */
    Playback(boolean dueOnArrival, long nowMillis) {
        this.dueOnArrival = dueOnArrival;
        this.startMillis = nowMillis;
    }

    /** How long to wait for the moment of this picture, in milliseconds; 0 when it has come. */
    long waitMillis(long atMicros, long nowMillis) {
        long wait = dueOnArrival ? 0 : startMillis + atMicros / MICROS_PER_MILLI - nowMillis;
        if (wait < -MOST_BEHIND_MILLIS) {
            startMillis -= wait;
        }
        return Math.max(0, wait);
    }

    /** The video begins anew, behind the end of what was played. */
    void again(long lengthMicros) {
        startMillis += lengthMicros / MICROS_PER_MILLI;
    }
}
