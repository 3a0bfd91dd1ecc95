package framebuffer.app;

/** What was asked for cannot be done. The message, one line, says why and what to do about it; it is all the user sees. */
final class Unusable extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unusable(String message) {
        super(message);
    }

    Unusable(String message, Throwable cause) {
        super(message, cause);
    }
}
