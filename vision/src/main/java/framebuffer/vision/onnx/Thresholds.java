package framebuffer.vision.onnx;

/**
 * Which boxes of a model count as objects.
 *
 * @param minScore least confidence, 0 to 1
 * @param overlap two boxes with the same label whose intersection is more than this part of their union, 0 to 1, show the same object
 */
public record Thresholds(double minScore, double overlap) {
    public static final Thresholds DEFAULT = new Thresholds(0.25, 0.45);
}
