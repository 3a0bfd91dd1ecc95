package framebuffer.vision.camera;

/**
 * What a camera has done so far.
 *
 * @param captured
 *            frames published
 * @param dropped
 *            pictures that could not be published
 * @param heldBack
 *            pictures that were not to be published, for processors are full
 * @param undecodable
 *            pictures that could not be decoded, or not without an error
 */
public record CameraStatistics(long captured, long dropped, long heldBack, long undecodable) {
}
