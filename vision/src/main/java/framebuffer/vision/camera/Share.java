package framebuffer.vision.camera;

/** Selects an evenly spread share of a camera's pictures. */
final class Share {
    /** The accumulated fraction of a picture; kept below one, so that held-back pictures are not caught up. */
    private double owed;

    /**
     * Whether to publish the next picture.
     *
     * @param share from 0 (none) to 1 (all)
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
