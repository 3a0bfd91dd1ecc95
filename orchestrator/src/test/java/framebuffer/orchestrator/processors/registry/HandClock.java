package framebuffer.orchestrator.processors.registry;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.cluster.RedisClock;
import java.time.Duration;
import java.time.Instant;

/** A clock that is set by hand, the same for all who look at it. */
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
        // As the real one does: whoever asks for the time learns whether the connection stands.
        redis.call("PING");
        return now;
    }
}
