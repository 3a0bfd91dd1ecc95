package framebuffer.app.terminal;

/** What was asked for cannot be done. The message, one line, says why and what to do about it; it is all the user sees. */
public sealed class CannotRun extends RuntimeException permits NotReady {
    private static final long serialVersionUID = 1;

    public CannotRun(String message) {
        super(message);
    }

    public CannotRun(String message, Throwable cause) {
        super(message, cause);
    }
}
