package framebuffer.orchestrator.flowcontrol;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.FanOut;
import framebuffer.wire.control.Backpressure;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Where an operator turns the switches. From any thread; each call has connections of its own, and answers what producers are told
 * from now on.
 *
 * <p>
 * All methods throw {@link RedisUnavailable} when Redis is away, and {@link RedisRefused} when it refuses.
 */
public final class OperatorControl {
    private final List<ControlledPartition> sites;
    private final Supplier<Backpressure> told;

    /** The switches of one partition. */
    public record ControlledPartition(RedisAddress redis, OperatorSwitches control) {
    }

    /**
     * @param sites
     *            one for each partition
     * @param told
     *            what producers are told, as far as is known
     */
    public OperatorControl(List<ControlledPartition> sites, Supplier<Backpressure> told) {
        this.sites = List.copyOf(sites);
        this.told = told;
    }

    /** No instance hands frames off any more. Where one partition is away, the others are paused all the same. */
    public Backpressure pause() {
        return turned(FanOut.ask(sites, switchAll(OperatorSwitches::pause)));
    }

    /** All instances hand frames off again. */
    public Backpressure resume() {
        return turned(FanOut.ask(sites, switchAll(OperatorSwitches::resume)));
    }

    /** Changes nothing. */
    public Backpressure status() {
        return turned(FanOut.whereItAnswers(sites, switchAll(OperatorSwitches::read)));
    }

    private static Function<ControlledPartition, Boolean> switchAll(BiConsumer<OperatorSwitches, RedisConnection> how) {
        return site -> {
            try (RedisConnection connection = RedisConnection.open(site.redis())) {
                how.accept(site.control(), connection);
            }
            return Boolean.TRUE.equals(site.control().paused());
        };
    }

    private Backpressure turned(List<Boolean> paused) {
        return told.get().pausedByOperator(paused.contains(true));
    }
}
