package framebuffer.orchestrator.processors.registry;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.cluster.RedisClock;
import java.time.Duration;
import java.time.Instant;

/** A clock that the test sets, shared by all its users. */
public final class HandClock implements RedisClock {
    private volatile Instant now = Instant.parse("2026-11-23T12:00:00Z");

    public Instant now() {
        return now;
    }

    public void advance(Duration by) {
        now = now.plus(by);
    }

    @Override
    public Instant now(RedisConnection redis) {
        // As with the real clock, the caller learns whether the connection works.
        redis.call("PING");
        return now;
    }
}
