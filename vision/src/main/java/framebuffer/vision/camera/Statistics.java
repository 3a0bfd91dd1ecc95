package framebuffer.vision.camera;

/**
 * What a camera has done so far.
 *
 * @param captured
 *            frames published
 * @param dropped
 *            pictures that could not be published
 */
public record Statistics(long captured, long dropped) {
}
