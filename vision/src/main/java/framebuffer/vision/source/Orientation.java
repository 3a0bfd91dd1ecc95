package framebuffer.vision.source;

/**
 * How coded pictures are turned before they are shown: first rows become columns, then the picture is flipped.
 *
 * @param transposed
 *            whether rows become columns
 * @param mirrored
 *            whether left and right change places
 * @param upended
 *            whether top and bottom change places
 */
record Orientation(boolean transposed, boolean mirrored, boolean upended) {
    public static final Orientation UPRIGHT = new Orientation(false, false, false);

    /**
     * What a display matrix asks for, to the nearest quarter turn. It maps the pixel (x, y) to
     * {@code (a·x + c·y, b·x + d·y)}, moved back into sight.
     */
    static Orientation of(int a, int b, int c, int d) {
        boolean turned = Math.abs((long) b) + Math.abs((long) c) > Math.abs((long) a) + Math.abs((long) d);
        return turned ? new Orientation(true, c < 0, b < 0) : new Orientation(false, a < 0, d < 0);
    }
}
