package framebuffer.migration.gate;

import framebuffer.migration.gate.GateStore.GateStep;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.wire.EntryId;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Stands in front of the older service while it is replaced. One instance does the work, the one that holds the lease; a step is safe on
 * any instance.
 */
public final class Gate implements RedisLoop.Work {
    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final Duration RENEWAL = LEASE.dividedBy(4);
    /** How long one turn waits for a frame. */
    private static final Duration WAIT = Duration.ofMillis(100);

    private final GateStreams streams;
    private final String instance;
    private final LongSupplier nanos;
    private final RedisLoop.Work closed;
    private boolean holding;
    private long renewAt;
    private Duration rest = Duration.ZERO;

    /**
     * @param instance name of this instance
     * @param nanos a monotonic clock
     * @param closed what the holder of the lease does while the gate is closed
     */
    public Gate(GateStreams streams, String instance, LongSupplier nanos, RedisLoop.Work closed) {
        this.streams = streams;
        this.instance = instance;
        this.nanos = nanos;
        this.closed = closed;
        this.renewAt = nanos.getAsLong();
    }

    @Override
    public Duration rest() {
        return rest;
    }

    @Override
    public void runOnce(RedisConnection redis) throws InterruptedException {
        if (nanos.getAsLong() - renewAt >= 0) {
            renewAt = nanos.getAsLong() + RENEWAL.toNanos();
            holding = GateStore.takeLease(redis, streams.keys(), instance, LEASE);
        }
        if (!holding) {
            closed.stopping(redis);
            rest = RENEWAL;
            return;
        }
        Optional<GateStep> step = GateStore.forward(redis, streams);
        if (step.isEmpty()) {
            closed.runOnce(redis);
            rest = closed.rest();
            return;
        }
        closed.stopping(redis);
        rest = Duration.ZERO;
        step.filter(one -> !one.isFull()).ifPresent(one -> awaitFrame(redis, one.last()));
    }

    @Override
    public void stopping(RedisConnection redis) throws InterruptedException {
        closed.stopping(redis);
        if (holding) {
            holding = false;
            GateStore.takeLease(redis, streams.keys(), instance, Duration.ofMillis(1));
        }
    }

    /** Returns when there is a frame after this one, or after {@link #WAIT}. */
    private void awaitFrame(RedisConnection redis, EntryId after) {
        redis.callBlocking(WAIT, "XREAD", "COUNT", 1, "BLOCK", WAIT.toMillis(), "STREAMS", streams.keys().produced(),
                after.toString());
    }
}
