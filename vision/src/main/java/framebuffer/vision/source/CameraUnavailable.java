package framebuffer.vision.source;

/**
 * A camera or video file cannot be opened, or broke off. The message is one line for people, without credentials. There is no cause: those
 * of FFmpeg's wrappers quote the address as it was given.
 */
public final class CameraUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CameraUnavailable(String message) {
        super(message);
    }
}
