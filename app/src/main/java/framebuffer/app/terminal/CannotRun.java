package framebuffer.app.terminal;

/** The command cannot run. The message, one line, gives the reason and the remedy; the user sees nothing else. */
public sealed class CannotRun extends RuntimeException permits NotReady {
    private static final long serialVersionUID = 1;

    public CannotRun(String message) {
        super(message);
    }

    public CannotRun(String message, Throwable cause) {
        super(message, cause);
    }
}
