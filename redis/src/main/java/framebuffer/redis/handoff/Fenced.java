package framebuffer.redis.handoff;

/**
 * A whole batch was refused because another instance has taken over the pending frames of this one. This instance must restart from its
 * current pending frames.
 */
public final class Fenced extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Fenced(Throwable refused) {
        super(refused.getMessage(), refused);
    }
}
