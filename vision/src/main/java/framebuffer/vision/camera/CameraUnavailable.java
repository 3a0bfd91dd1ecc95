package framebuffer.vision.camera;

/** A camera or video file cannot be opened, or broke off. The message is one line for people, without credentials. */
public final class CameraUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1;

    CameraUnavailable(String message) {
        super(message);
    }

    CameraUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
