package framebuffer.redis.cluster;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import java.time.Instant;

/**
 * Reads Redis's clock. Times that one instance writes and another compares must come from one clock: with the clocks of hosts, a host that
 * is a minute ahead would consider all processors of other hosts dead.
 */
@FunctionalInterface
public interface RedisClock {
    /** The clock of the Redis server, in microseconds. */
    RedisClock SERVER = redis -> Replies.time(redis.call("TIME"));

    Instant now(RedisConnection redis);
}
