package framebuffer.redis.frames;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Deferred frames: they wait in Redis, owned by no instance, until they are due. */
public final class DeferredFrames {
    /** Runs even when Redis's memory is full, because frames only move between streams. */
    private static final Script SCRIPT = Script.of("rights.lua", "ledger.lua", "steady.lua", "release_deferred.lua");

    private DeferredFrames() {
    }

    /**
     * Limits.
     *
     * @param atOnce maximum number of frames returned in one step
     * @param bytesAtOnce maximum size of their fields; the last frame may exceed it
     * @param deferred maximum number of deferred frames; beyond it, the frames that are due first return early
     * @param returned length of the returned stream from which no frame is added
     */
    public record DeferralLimits(int atOnce, long bytesAtOnce, int deferred, int returned) {
    }

    /**
     * The result of a release.
     *
     * @param frames number of returned frames
     * @param next time until the next frame is due; null: none waits
     */
    public record ReleasedFrames(long frames, @Nullable Duration next) {
    }

    /** Returns the frames that are due, in one step. Any instance may call this at any time. */
    public static ReleasedFrames bringBack(RedisConnection redis, Keys keys, DeferralLimits limits) {
        List<?> reply = Replies.list(SCRIPT.call(redis,
                List.of(keys.deferred(), keys.deferredDue(), keys.deferredClock(), keys.returned(), keys.ledger(),
                        keys.parts(), keys.taken(), keys.accepted()),
                List.of(limits.atOnce(), limits.bytesAtOnce(), limits.deferred(), limits.returned())));
        long next = Replies.number(reply.get(1));
        return new ReleasedFrames(Replies.number(reply.get(0)), next < 0 ? null : Duration.ofMillis(next));
    }

    /** The number of deferred frames. */
    public static long count(RedisConnection redis, Keys keys) {
        return Replies.number(redis.call("XLEN", keys.deferred()));
    }
}
