package framebuffer.vision.source;

/**
 * How a coded picture is displayed: scaled, then rotated.
 *
 * @param scaledWidth in square pixels, before the rotation
 * @param scaledHeight in square pixels, before the rotation
 */
public record Display(int scaledWidth, int scaledHeight, Orientation orientation) {
    /** Maximum aspect ratio of a pixel; a larger value is corrupt. */
    private static final double MOST_STRETCHED = 8;

    /**
     * How to display a picture of this coded size.
     *
     * @param aspect width/height of a coded pixel; not positive: unknown, assumed square
     */
    static Display of(int width, int height, double aspect, Orientation orientation) {
        boolean plausible = aspect >= 1 / MOST_STRETCHED && aspect <= MOST_STRETCHED;
        int scaled = plausible ? Math.toIntExact(Math.max(1, Math.round(width * aspect))) : width;
        return new Display(scaled, height, orientation);
    }

    /**
     * This display, then turned clockwise.
     *
     * @param degrees 0, 90, 180 or 270
     */
    public Display turned(int degrees) {
        return new Display(scaledWidth, scaledHeight, orientation.turned(degrees));
    }

    /** This display, scaled down to fit into a size; the aspect stays. */
    public Display within(PictureSize most) {
        double scale = Math.min((double) most.width() / width(), (double) most.height() / height());
        return scale >= 1
                ? this
                : new Display(scaled(scaledWidth, scale), scaled(scaledHeight, scale), orientation);
    }

    private static int scaled(int side, double scale) {
        return Math.max(1, Math.toIntExact(Math.round(side * scale)));
    }

    /** Of the picture as it is shown. */
    public int width() {
        return orientation.transposed() ? scaledHeight : scaledWidth;
    }

    /** Of the picture as it is shown. */
    public int height() {
        return orientation.transposed() ? scaledWidth : scaledHeight;
    }
}
