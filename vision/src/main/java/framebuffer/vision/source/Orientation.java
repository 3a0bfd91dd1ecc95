package framebuffer.vision.source;

/**
 * The orientation of coded pictures: first transposed, then flipped.
 *
 * @param transposed whether rows become columns
 * @param mirrored whether left and right are swapped
 * @param upended whether top and bottom are swapped
 */
record Orientation(boolean transposed, boolean mirrored, boolean upended) {
    public static final Orientation UPRIGHT = new Orientation(false, false, false);

    /**
     * The orientation of a display matrix, rounded to quarter turns. The matrix maps the pixel (x, y) to {@code (a·x + c·y, b·x + d·y)},
     * shifted into view.
     */
    static Orientation of(int a, int b, int c, int d) {
        boolean turned = Math.abs((long) b) + Math.abs((long) c) > Math.abs((long) a) + Math.abs((long) d);
        return turned ? new Orientation(true, c < 0, b < 0) : new Orientation(false, a < 0, d < 0);
    }

    /**
     * This orientation, then turned clockwise.
     *
     * @param degrees 0, 90, 180 or 270
     */
    Orientation turned(int degrees) {
        Orientation turned = this;
        for (int quarter = 0; quarter < degrees / 90; quarter++) {
            turned = new Orientation(!turned.transposed, !turned.upended, turned.mirrored);
        }
        return turned;
    }
}
