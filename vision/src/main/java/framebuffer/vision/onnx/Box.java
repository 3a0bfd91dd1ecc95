package framebuffer.vision.onnx;

/** A rectangle in pixels: {@code left < right}, {@code top < bottom}, counted from the left and from the top. */
record Box(double left, double top, double right, double bottom) {

    static Box around(double centreX, double centreY, double width, double height) {
        return new Box(centreX - width / 2, centreY - height / 2, centreX + width / 2, centreY + height / 2);
    }

    double width() {
        return right - left;
    }

    double height() {
        return bottom - top;
    }

    /** Whether it has an area, and no edge is infinite or not a number. */
    boolean isReal() {
        return width() > 0 && height() > 0 && Double.isFinite(width()) && Double.isFinite(height());
    }

    /** The intersection as a part of the union, 0 to 1. */
    double overlap(Box other) {
        double across = Math.min(right, other.right) - Math.max(left, other.left);
        double down = Math.min(bottom, other.bottom) - Math.max(top, other.top);
        if (across <= 0 || down <= 0) {
            return 0;
        }
        double both = across * down;
        return both / (width() * height() + other.width() * other.height() - both);
    }

    /** The part within a picture of this size; it may have no area. */
    Box within(int pictureWidth, int pictureHeight) {
        return new Box(Math.clamp(left, 0, pictureWidth), Math.clamp(top, 0, pictureHeight),
                Math.clamp(right, 0, pictureWidth), Math.clamp(bottom, 0, pictureHeight));
    }
}
