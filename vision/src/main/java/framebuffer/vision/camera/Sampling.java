package framebuffer.vision.camera;

/** Selects pictures of a video for a wanted rate: the first one, then the next whenever one is due. */
final class Sampling {
    private final double intervalMicros;
    private final double toleranceMicros;
    private double due = Double.NEGATIVE_INFINITY;

    /**
     * @param fps wanted pictures per second, above 0; a slower video gives all its pictures
     */
    Sampling(double fps) {
        this.intervalMicros = 1e6 / fps;
        // Times in a video are rounded, in many formats to milliseconds; accept a picture that is early by that.
        this.toleranceMicros = intervalMicros * 0.02 + 500;
    }

    /** Whether a picture at this time would be taken. */
    boolean due(long atMicros) {
        return atMicros + toleranceMicros >= due;
    }

    boolean takes(long atMicros) {
        if (!due(atMicros)) {
            return false;
        }
        boolean behind = due + intervalMicros < atMicros;
        due = (behind ? atMicros : due) + intervalMicros;
        return true;
    }
}
