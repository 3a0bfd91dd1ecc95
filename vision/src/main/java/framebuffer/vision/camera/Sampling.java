package framebuffer.vision.camera;

/** Which pictures of a video to take for a wanted rate: the first one, and then the next whenever one is due. */
final class Sampling {
    private final double intervalMicros;
    private final double toleranceMicros;
    private double due = Double.NEGATIVE_INFINITY;

    /**
     * @param fps
     *            pictures wanted a second, above 0; a video that has fewer gives all it has
     */
    Sampling(double fps) {
        this.intervalMicros = 1e6 / fps;
        // Times in a video are rounded, to milliseconds in many formats; a picture that is early by that is not to be missed.
        this.toleranceMicros = intervalMicros * 0.02 + 500;
    }

    boolean takes(long atMicros) {
        if (atMicros + toleranceMicros < due) {
            return false;
        }
        boolean behind = due + intervalMicros < atMicros;
        due = (behind ? atMicros : due) + intervalMicros;
        return true;
    }
}
