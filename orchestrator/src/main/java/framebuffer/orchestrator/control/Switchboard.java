package framebuffer.orchestrator.control;

import framebuffer.streams.RedisAddress;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisRefused;
import framebuffer.streams.RedisUnavailable;
import framebuffer.wire.control.Backpressure;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Where an operator turns the switches. From any thread; each call has a connection of its own, and answers what producers are told
 * from now on.
 *
 * <p>
 * All methods throw {@link RedisUnavailable} when Redis is away, and {@link RedisRefused} when it refuses.
 */
public final class Switchboard {
    private final RedisAddress redis;
    private final Control control;
    private final Supplier<Backpressure> told;

    /**
     * @param told
     *            what producers are told, as far as is known
     */
    public Switchboard(RedisAddress redis, Control control, Supplier<Backpressure> told) {
        this.redis = redis;
        this.control = control;
        this.told = told;
    }

    /** No instance hands frames off any more. */
    public Backpressure pause() {
        return turned(Control::pause);
    }

    /** All instances hand frames off again. */
    public Backpressure resume() {
        return turned(Control::resume);
    }

    /** Changes nothing. */
    public Backpressure status() {
        return turned(Control::read);
    }

    private Backpressure turned(BiConsumer<Control, RedisConnection> how) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            how.accept(control, connection);
        }
        return told.get().pausedByOperator(Boolean.TRUE.equals(control.paused()));
    }
}
