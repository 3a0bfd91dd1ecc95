package framebuffer.vision.onnx;

/** The size of a picture, in pixels. */
record Extent(int width, int height) {

    @Override
    public String toString() {
        return width + "×" + height;
    }
}
