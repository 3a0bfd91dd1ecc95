package framebuffer.app.settings;

/** What was asked for cannot be done. The message, one line, says why and what to do about it; it is all the user sees. */
public sealed class Unusable extends RuntimeException permits NotThereYet {
    private static final long serialVersionUID = 1;

    public Unusable(String message) {
        super(message);
    }

    public Unusable(String message, Throwable cause) {
        super(message, cause);
    }
}
