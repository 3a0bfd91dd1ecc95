package framebuffer.redis;

/** The connection to Redis failed. The last commands may or may not have taken effect; the connection is unusable. */
public final class RedisUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1;

    public RedisUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
