package framebuffer.vision.decode;

/**
 * The decoding counts of a video.
 *
 * @param coded number of coded pictures
 * @param whole pictures decoded without an error
 * @param undecodable pictures not decoded, or only with errors
 */
public record DecodeCounts(long coded, long whole, long undecodable) {

    /** Whether none, or less than half, of the pictures were decoded without an error. */
    public boolean mostlyLost() {
        return whole == 0 || 2 * whole < coded;
    }
}
