package framebuffer.redis.handoff;

/**
 * A batch was refused as a whole: what its instance holds has been taken over by another, which took it for dead. It begins again with
 * what is pending for it now.
 */
public final class Fenced extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Fenced(Throwable refused) {
        super(refused.getMessage(), refused);
    }
}
