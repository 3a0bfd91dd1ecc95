package framebuffer.vision.detect;

/** Bytes that should be a picture are none. */
final class UndecodablePicture extends RuntimeException {
    private static final long serialVersionUID = 1;

    UndecodablePicture(String message) {
        super(message);
    }
}
