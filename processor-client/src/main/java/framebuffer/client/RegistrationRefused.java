package framebuffer.client;

/** The orchestrator does not take this processor as it is; the message says in one line why, and what to do. */
public final class RegistrationRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    RegistrationRefused(String message) {
        super(message);
    }
}
