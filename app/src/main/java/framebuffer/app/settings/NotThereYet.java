package framebuffer.app.settings;

/** What was asked for cannot be done now, and can be later: what it needs is not there yet. */
public final class NotThereYet extends Unusable {
    private static final long serialVersionUID = 1;

    public NotThereYet(String message, Throwable cause) {
        super(message, cause);
    }

    public NotThereYet(String message) {
        super(message);
    }
}
