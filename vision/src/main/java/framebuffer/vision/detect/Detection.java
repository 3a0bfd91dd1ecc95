package framebuffer.vision.detect;

/**
 * An object detected in a picture.
 *
 * @param label kind of object
 * @param score confidence, 0 to 1
 * @param x left edge, in pixels from the left
 * @param y upper edge, in pixels from the top
 * @param width in pixels
 * @param height in pixels
 */
public record Detection(String label, double score, int x, int y, int width, int height) {
    private static final double SAME = 0.3;
    private static final double WITHIN = 0.6;

    long area() {
        return (long) width * height;
    }

    /** Whether the boxes overlap, or one contains the other, so much that they show the same object. */
    boolean shows(Detection other) {
        int across = Math.min(x + width, other.x + other.width) - Math.max(x, other.x);
        int down = Math.min(y + height, other.y + other.height) - Math.max(y, other.y);
        if (across <= 0 || down <= 0) {
            return false;
        }
        double both = (double) across * down;
        return both > SAME * (area() + other.area() - both) || both > WITHIN * Math.min(area(), other.area());
    }

    /** The box clipped to a picture of this size. */
    Detection within(int pictureWidth, int pictureHeight) {
        int left = Math.clamp(x, 0, pictureWidth - 1);
        int top = Math.clamp(y, 0, pictureHeight - 1);
        return new Detection(label, score, left, top, Math.clamp(x + width - left, 1, pictureWidth - left),
                Math.clamp(y + height - top, 1, pictureHeight - top));
    }
}
