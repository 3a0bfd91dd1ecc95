package framebuffer.vision.camera;

/** When a picture of a file is to be shown, so that it plays at the speed at which it was taken. */
final class Playback {
    /** Further behind than this, what was missed is not made up for: it would come as a burst. */
    private static final long MOST_BEHIND_MILLIS = 1000;
    private static final int MICROS_PER_MILLI = 1000;

    private final boolean live;
    private long startMillis;

    /**
     * @param live
     *            whether pictures come by themselves when they are due
     */
    Playback(boolean live, long nowMillis) {
        this.live = live;
        this.startMillis = nowMillis;
    }

    /** How long to wait for the moment of this picture, in milliseconds; 0 when it has come. */
    long waitMillis(long atMicros, long nowMillis) {
        long wait = live ? 0 : startMillis + atMicros / MICROS_PER_MILLI - nowMillis;
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
