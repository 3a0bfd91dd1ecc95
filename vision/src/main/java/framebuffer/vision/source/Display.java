package framebuffer.vision.source;

/**
 * How a coded picture is shown: it is brought to a size, then turned.
 *
 * @param scaledWidth
 *            in square pixels, before it is turned
 * @param scaledHeight
 *            in square pixels, before it is turned
 */
public record Display(int scaledWidth, int scaledHeight, Orientation orientation) {
    /** What says that a pixel is wider or higher than this is damaged. */
    private static final double MOST_STRETCHED = 8;

    /**
     * How a picture of this coded size is shown.
     *
     * @param aspect
     *            width of a coded pixel by its height; not a positive number: unknown, so square
     */
    static Display of(int width, int height, double aspect, Orientation orientation) {
        boolean plausible = aspect >= 1 / MOST_STRETCHED && aspect <= MOST_STRETCHED;
        int scaled = plausible ? Math.toIntExact(Math.max(1, Math.round(width * aspect))) : width;
        return new Display(scaled, height, orientation);
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
