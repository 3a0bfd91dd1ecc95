package framebuffer.app.terminal;

/** The command cannot run yet, because Redis, the service or the source is not available yet. */
final class NotReady extends CannotRun {
    private static final long serialVersionUID = 1;

    public NotReady(String message, Throwable cause) {
        super(message, cause);
    }

    public NotReady(String message) {
        super(message);
    }
}
