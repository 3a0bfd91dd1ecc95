package framebuffer.orchestrator.registry;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.Replies;
import java.time.Instant;
import java.util.List;

/**
 * What time it is, asked of Redis. Moments that one instance writes and another compares must come from one clock: were each to use
 * its own host's, a host that is a minute ahead would see every processor that talks to another host as dead.
 */
@FunctionalInterface
public interface RedisClock {
    /** The clock of the Redis server, in microseconds. */
    RedisClock SERVER = redis -> {
        List<?> time = Replies.list(redis.call("TIME"));
        return Instant.ofEpochSecond(Long.parseLong(Replies.text(time.get(0))),
                Long.parseLong(Replies.text(time.get(1))) * 1_000);
    };

    Instant now(RedisConnection redis);
}
