package framebuffer.bridge.results;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.results.ResultCursorStore;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.util.UUID;
import java.util.function.LongSupplier;

/** The right of one instance to publish results. It ends by itself when Redis does not answer. */
public final class PublisherLease implements RedisLoop.Work {
    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final int BEATS = 5;

    private final Keys first;
    private final LongSupplier nanos;
    private final String holder = UUID.randomUUID().toString();
    private volatile Held held = new Held(0, 0);

    /**
     * @param fence 0: not held
     * @param until by the monotonic clock
     */
    private record Held(long fence, long until) {
    }

    /**
     * @param first keys of the first partition
     * @param nanos a monotonic clock
     */
    public PublisherLease(Keys first, LongSupplier nanos) {
        this.first = first;
        this.nanos = nanos;
    }

    /** The fence of this instance; 0: another instance publishes, or nobody knows. */
    public long fence() {
        Held now = held;
        return now.fence() != 0 && now.until() - nanos.getAsLong() > 0 ? now.fence() : 0;
    }

    /** Whether this instance publishes. */
    public boolean isHeld() {
        return fence() != 0;
    }

    /** Another instance has written with a higher fence. */
    void lost() {
        held = new Held(0, 0);
    }

    @Override
    public Duration rest() {
        return LEASE.dividedBy(BEATS);
    }

    @Override
    public void runOnce(RedisConnection redis) {
        // The lease in Redis begins later than this, so it ends later too.
        long asked = nanos.getAsLong();
        held = new Held(ResultCursorStore.takeLease(redis, first, holder, LEASE), asked + LEASE.toNanos());
    }

    @Override
    public void stopping(RedisConnection redis) {
        lost();
        ResultCursorStore.releaseLease(redis, first, holder);
    }
}
