package framebuffer.vision.source;

/**
 * A camera or video file cannot be opened, or broke off. The message is one line for users, without credentials. It has no cause, because
 * exceptions of FFmpeg's wrappers quote the original address.
 */
public final class CameraUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CameraUnavailable(String message) {
        super(message);
    }
}
