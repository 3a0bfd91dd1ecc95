package framebuffer.vision.detect;

/**
 * One thing found in a picture.
 *
 * @param label
 *            what it is
 * @param score
 *            how sure the detector is, 0 to 1
 * @param x
 *            of its left edge, in pixels from the left
 * @param y
 *            of its upper edge, in pixels from the top
 * @param width
 *            in pixels
 * @param height
 *            in pixels
 */
record Detection(String label, double score, int x, int y, int width, int height) {
    private static final double SAME = 0.3;
    private static final double WITHIN = 0.6;

    long area() {
        return (long) width * height;
    }

    /** Whether both boxes lie so much on one another, or one of them so much within the other, that they show one thing. */
    boolean shows(Detection other) {
        int across = Math.min(x + width, other.x + other.width) - Math.max(x, other.x);
        int down = Math.min(y + height, other.y + other.height) - Math.max(y, other.y);
        if (across <= 0 || down <= 0) {
            return false;
        }
        double both = (double) across * down;
        return both > SAME * (area() + other.area() - both) || both > WITHIN * Math.min(area(), other.area());
    }

    /** The same box cut off at the edges of a picture of this size. */
    Detection within(int pictureWidth, int pictureHeight) {
        int left = Math.clamp(x, 0, pictureWidth - 1);
        int top = Math.clamp(y, 0, pictureHeight - 1);
        return new Detection(label, score, left, top, Math.clamp(x + width - left, 1, pictureWidth - left),
                Math.clamp(y + height - top, 1, pictureHeight - top));
    }
}
