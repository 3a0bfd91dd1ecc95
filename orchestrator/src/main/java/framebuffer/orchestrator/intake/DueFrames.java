package framebuffer.orchestrator.intake;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisLoop;
import framebuffer.streams.frames.DeferredFrames;
import framebuffer.streams.frames.DeferredFrames.Back;
import framebuffer.streams.frames.DeferredFrames.Limits;
import framebuffer.wire.Keys;
import java.time.Duration;

/** Brings frames back that could not go when they were read and may go now. */
public final class DueFrames implements RedisLoop.Work {
    /** Another instance may have deferred a frame meanwhile that is due sooner. */
    private static final Duration LONGEST = Duration.ofMillis(100);
    private static final Duration SHORTEST = Duration.ofMillis(5);

    private final Keys keys;
    private final Limits limits;
    private Duration rest = LONGEST;

    public DueFrames(Keys keys, Limits limits) {
        this.keys = keys;
        this.limits = limits;
    }

    @Override
    public void turn(RedisConnection redis) {
        Back back = DeferredFrames.bringBack(redis, keys, limits);
        rest = back.next() == null || back.next().compareTo(LONGEST) > 0
                ? LONGEST
                : back.next().compareTo(SHORTEST) < 0 ? SHORTEST : back.next();
    }

    @Override
    public Duration rest() {
        return rest;
    }
}
