package framebuffer.client;

/** The orchestrator refuses this registration; the message, one line, gives the reason and the remedy. */
public final class RegistrationRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    RegistrationRefused(String message) {
        super(message);
    }
}
