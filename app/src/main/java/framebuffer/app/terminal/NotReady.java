package framebuffer.app.terminal;

/** What was asked for cannot be done now, and can be later: what it needs is not there yet. */
final class NotReady extends CannotRun {
    private static final long serialVersionUID = 1;

    public NotReady(String message, Throwable cause) {
        super(message, cause);
    }

    public NotReady(String message) {
        super(message);
    }
}
