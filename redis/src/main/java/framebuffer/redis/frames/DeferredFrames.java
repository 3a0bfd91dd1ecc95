package framebuffer.redis.frames;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Frames that may not go yet: they wait in Redis, in no instance's hands, until they are due. */
public final class DeferredFrames {
    /** What leaves one stream enters another: no more memory is needed. */
    private static final Script SCRIPT = Script.of("rights.lua", "ledger.lua", "steady.lua", "release_deferred.lua");

    private DeferredFrames() {
    }

    /**
     * How much may be where.
     *
     * @param atOnce
     *            frames that come back in one step
     * @param bytesAtOnce
     *            of their fields; the last of them may exceed that
     * @param deferred
     *            frames that wait; beyond, those that are due first come back early
     * @param returned
     *            as long as so many frames are among those given back, none comes back
     */
    public record DeferralLimits(int atOnce, long bytesAtOnce, int deferred, int returned) {
    }

    /**
     * What came of it.
     *
     * @param frames
     *            that came back
     * @param next
     *            in how long the next is due; null: none waits
     */
    public record ReleasedFrames(long frames, @Nullable Duration next) {
    }

    /** Brings back those that are due, in one step. Any instance may do so, at any time. */
    public static ReleasedFrames bringBack(RedisConnection redis, Keys keys, DeferralLimits limits) {
        List<?> reply = Replies.list(SCRIPT.call(redis,
                List.of(keys.deferred(), keys.deferredDue(), keys.deferredClock(), keys.returned(), keys.ledger(),
                        keys.parts(), keys.taken()),
                List.of(limits.atOnce(), limits.bytesAtOnce(), limits.deferred(), limits.returned())));
        long next = Replies.number(reply.get(1));
        return new ReleasedFrames(Replies.number(reply.get(0)), next < 0 ? null : Duration.ofMillis(next));
    }

    /** How many wait. */
    public static long count(RedisConnection redis, Keys keys) {
        return Replies.number(redis.call("XLEN", keys.deferred()));
    }
}
