package framebuffer.redis;

/**
 * The connection to Redis could not be made or broke. Whether what was sent last took effect is not known; the connection is of no
 * further use.
 */
public final class RedisUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1;

    public RedisUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
