package framebuffer.orchestrator.flowcontrol;

import framebuffer.orchestrator.flowcontrol.OperatorSwitches.SwitchState;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.FanOut;
import framebuffer.redis.cluster.InPartition;
import framebuffer.wire.control.Backpressure;
import java.util.List;
import java.util.function.Supplier;

/**
 * Pauses and resumes the whole cluster. For any thread; each call opens its own connections, and returns the backpressure that producers
 * see from now on.
 *
 * <p>
 * All methods throw {@link RedisUnavailable} when Redis is away, and {@link RedisRefused} when it refuses.
 */
public final class OperatorControl {
    private final List<InPartition<OperatorSwitches>> partitions;
    private final Supplier<Backpressure> pressure;

    /**
     * @param pressure the backpressure that this instance last read
     */
    public OperatorControl(List<InPartition<OperatorSwitches>> partitions, Supplier<Backpressure> pressure) {
        this.partitions = List.copyOf(partitions);
        this.pressure = pressure;
    }

    /** No instance hands frames off from now on. When a partition is away, the others are paused all the same. */
    public Backpressure pause() {
        return with(FanOut.all(partitions, one -> one.ask((redis, switches) -> switches.pause(redis))));
    }

    /** All instances hand frames off again. */
    public Backpressure resume() {
        return with(FanOut.all(partitions, one -> one.ask((redis, switches) -> switches.resume(redis))));
    }

    /** The state of the partitions that can be reached. */
    public Backpressure status() {
        return with(FanOut.reachable(partitions, one -> one.ask((redis, switches) -> switches.read(redis))));
    }

    private Backpressure with(List<SwitchState> states) {
        return pressure.get().pausedByOperator(states.contains(SwitchState.PAUSED));
    }
}
