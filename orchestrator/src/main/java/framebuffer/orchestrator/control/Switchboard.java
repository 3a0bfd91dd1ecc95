package framebuffer.orchestrator.control;

import framebuffer.streams.RedisAddress;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisRefused;
import framebuffer.streams.RedisUnavailable;
import framebuffer.streams.partition.Everywhere;
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
public final class Switchboard {
    private final List<Site> sites;
    private final Supplier<Backpressure> told;

    /** The switches of one partition. */
    public record Site(RedisAddress redis, Control control) {
    }

    /**
     * @param sites
     *            one for each partition
     * @param told
     *            what producers are told, as far as is known
     */
    public Switchboard(List<Site> sites, Supplier<Backpressure> told) {
        this.sites = List.copyOf(sites);
        this.told = told;
    }

    /** No instance hands frames off any more. Where one partition is away, the others are paused all the same. */
    public Backpressure pause() {
        return turned(Everywhere.ask(sites, turn(Control::pause)));
    }

    /** All instances hand frames off again. */
    public Backpressure resume() {
        return turned(Everywhere.ask(sites, turn(Control::resume)));
    }

    /** Changes nothing. */
    public Backpressure status() {
        return turned(Everywhere.whereItAnswers(sites, turn(Control::read)));
    }

    private static Function<Site, Boolean> turn(BiConsumer<Control, RedisConnection> how) {
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
