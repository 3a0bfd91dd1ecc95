package framebuffer.vision.source;

/**
 * What became of the coded pictures of a video.
 *
 * @param coded
 *            how many there are
 * @param whole
 *            how many were decoded without an error
 * @param undecodable
 *            how many could not be decoded, or not without an error
 */
public record DecodeCounts(long coded, long whole, long undecodable) {

    /** Whether less than half of them, or none, were seen as they were taken. */
    public boolean mostlyLost() {
        return whole == 0 || 2 * whole < coded;
    }
}
