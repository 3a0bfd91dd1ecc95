package framebuffer.vision.camera;

/** Which of a camera's pictures to publish when only a share of them is wanted: evenly spread. */
final class Share {
    /** What is owed of a picture; kept below one, so that what was held back is not made up for. */
    private double owed;

    /**
     * Whether the next picture is published.
     *
     * @param share
     *            from 0, none, to 1, all
     */
    boolean takes(double share) {
        owed += share;
        if (owed < 1) {
            return false;
        }
        owed -= 1;
        return true;
    }
}
