package framebuffer.redis.cluster;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import java.time.Instant;

/**
 * What time it is, asked of Redis. Moments that one instance writes and another compares must come from one clock: were each to use
 * its own host's, a host that is a minute ahead would see every processor that talks to another host as dead.
 */
@FunctionalInterface
public interface RedisClock {
    /** The clock of the Redis server, in microseconds. */
    RedisClock SERVER = redis -> Replies.time(redis.call("TIME"));

    Instant now(RedisConnection redis);
}
