package framebuffer.redis.cluster;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisUnavailable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A connection that is kept from one command to the next, and made anew when it has failed. For one thread at a time. */
public final class ReusedConnection implements AutoCloseable {
    private final RedisAddress address;
    private final RedisClock clock;
    private @Nullable RedisConnection kept;

    public ReusedConnection(RedisAddress address, RedisClock clock) {
        this.address = address;
        this.clock = clock;
    }

    /** What is done with the connection, at a time. */
    @FunctionalInterface
    public interface ConnectionUse<T> {
        T with(RedisConnection redis, Instant now);
    }

    /**
     * Uses it.
     *
     * @throws RedisUnavailable
     *             when Redis is away
     */
    public <T> T use(ConnectionUse<T> use) {
        Instant now = ask();
        RedisConnection redis = opened();
        try {
            return use.with(redis, now);
        } catch (RuntimeException e) {
            // Replies may be owed on it, or keys watched.
            close();
            throw e;
        }
    }

    /** Asks for the time, and so finds out whether the connection still stands. One that fell while idle is made anew, once. */
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
