package framebuffer.orchestrator.pipeline.recovery;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.frames.DeferredFrames;
import framebuffer.redis.frames.DeferredFrames.DeferralLimits;
import framebuffer.redis.frames.DeferredFrames.ReleasedFrames;
import framebuffer.wire.Keys;
import java.time.Duration;

/** Releases deferred frames that are due. */
public final class DeferredFrameRelease implements RedisLoop.Work {
    /** Longest pause, because another instance may defer a frame that is due sooner. */
    private static final Duration LONGEST = Duration.ofMillis(100);
    private static final Duration SHORTEST = Duration.ofMillis(5);

    private final Keys keys;
    private final DeferralLimits limits;
    private Duration rest = LONGEST;

    public DeferredFrameRelease(Keys keys, DeferralLimits limits) {
        this.keys = keys;
        this.limits = limits;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        ReleasedFrames back = DeferredFrames.bringBack(redis, keys, limits);
        rest = back.next() == null || back.next().compareTo(LONGEST) > 0
                ? LONGEST
                : back.next().compareTo(SHORTEST) < 0 ? SHORTEST : back.next();
    }

    @Override
    public Duration rest() {
        return rest;
    }
}
