package framebuffer.redis.cluster;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisUnavailable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A connection that is reused for the next command, and replaced when it has failed. For one thread at a time. */
public final class ReusedConnection implements AutoCloseable {
    private final RedisAddress address;
    private final RedisClock clock;
    private @Nullable RedisConnection kept;

    public ReusedConnection(RedisAddress address, RedisClock clock) {
        this.address = address;
        this.clock = clock;
    }

    /** A use of the connection. */
    @FunctionalInterface
    public interface ConnectionUse<T> {
        T with(RedisConnection redis, Instant now);
    }

    /**
     * Uses the connection.
     *
     * @throws RedisUnavailable when Redis does not answer
     */
    public <T> T use(ConnectionUse<T> use) {
        Instant now = ask();
        RedisConnection redis = opened();
        try {
            return use.with(redis, now);
        } catch (RuntimeException e) {
            // Replies may be outstanding, or keys watched.
            close();
            throw e;
        }
    }

    /** Checks the connection by reading the time, and replaces it once if it broke while idle. */
    private Instant ask() {
        if (kept != null && !kept.isBroken()) {
            try {
                return clock.now(kept);
            } catch (RedisUnavailable e) {
                close();
            }
        }
        try {
            return clock.now(opened());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private RedisConnection opened() {
        RedisConnection open = kept;
        if (open == null || open.isBroken()) {
            close();
            open = RedisConnection.open(address);
            kept = open;
        }
        return open;
    }

    @Override
    public void close() {
        if (kept != null) {
            kept.close();
            kept = null;
        }
    }
}
