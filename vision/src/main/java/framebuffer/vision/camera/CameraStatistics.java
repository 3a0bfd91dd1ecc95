package framebuffer.vision.camera;

/**
 * The counts of a camera.
 *
 * @param captured frames published
 * @param dropped pictures that could not be published
 * @param heldBack pictures not published because processors are full
 * @param undecodable pictures that could not be decoded, or only with errors
 */
public record CameraStatistics(long captured, long dropped, long heldBack, long undecodable) {
}
