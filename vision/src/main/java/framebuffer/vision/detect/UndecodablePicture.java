package framebuffer.vision.detect;

/** The bytes are not a decodable picture. */
final class UndecodablePicture extends RuntimeException {
    private static final long serialVersionUID = 1;

    UndecodablePicture(String message) {
        super(message);
    }
}
