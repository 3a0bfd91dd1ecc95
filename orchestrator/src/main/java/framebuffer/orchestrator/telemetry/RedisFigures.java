package framebuffer.orchestrator.telemetry;

import framebuffer.orchestrator.ledger.Ledger;
import framebuffer.orchestrator.traffic.Rates;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisLoop;
import framebuffer.streams.figures.BacklogReader;
import framebuffer.streams.figures.LedgerReader;
import framebuffer.streams.letters.DeadLetters;
import framebuffer.streams.shared.CameraSightings;
import framebuffer.streams.work.Completed;
import framebuffer.wire.Keys;
import framebuffer.wire.processor.Registration;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What only Redis knows, of the whole cluster, read once a second: frames completed, and how many have not been read yet. */
public final class RedisFigures implements RedisLoop.Work {
    private static final Duration REST = Duration.ofSeconds(1);
    private static final int LEDGER_EVERY = 5;

    private final Keys keys;
    private final String group;
    private final Supplier<Collection<Registration>> queues;
    private final Rates rates;
    private final InstantSource clock;
    private volatile Figures figures = new Figures(Completed.Reading.NOTHING, 0, Map.of());
    private volatile Rare rare = new Rare(null, -1, Map.of());
    private int turns;

    /** What was read last of what is read more rarely, for it takes longer with each camera. */
    private record Rare(@Nullable Boolean balanced, long lost, Map<String, Instant> cameras) {
        Rare {
            cameras = Map.copyOf(cameras);
        }
    }

    /**
     * What was read last.
     *
     * @param backlog
     *            frames in the capture stream that nobody of us has read
     * @param dropped
     *            reason → dead letters removed for it
     */
    record Figures(Completed.Reading completed, long backlog, Map<String, Long> dropped) {
        Figures {
            dropped = Map.copyOf(dropped);
        }
    }

    /**
     * @param group
     *            of the capture stream
     * @param queues
     *            all whose queues may hold frames
     * @param rates
     *            are told what was counted
     */
    public RedisFigures(Keys keys, String group, Supplier<Collection<Registration>> queues, Rates rates,
            InstantSource clock) {
        this.keys = keys;
        this.group = group;
        this.queues = queues;
        this.rates = rates;
        this.clock = clock;
    }

    Figures figures() {
        return figures;
    }

    /** Whether the ledger balanced when it was last looked at; null: nobody has looked yet. */
    public @Nullable Boolean balanced() {
        return rare.balanced();
    }

    /** Processor → frames it has acknowledged, ever. */
    public Map<String, Long> completed() {
        return figures.completed().byProcessor();
    }

    /** Frames in the capture stream that nobody of us has read. */
    public long unread() {
        return figures.backlog();
    }

    /** Frames lost so far, by the ledger; negative: nobody has looked yet. */
    public long lost() {
        return rare.lost();
    }

    /** Camera → when its newest frame was captured. */
    public Map<String, Instant> cameras() {
        return rare.cameras();
    }

    @Override
    public Duration rest() {
        return REST;
    }

    @Override
    public void turn(RedisConnection redis) {
        if (turns++ % LEDGER_EVERY == 0) {
            LedgerReader.Reading reading = LedgerReader.read(redis, keys, group,
                    queues.get().stream().map(registration -> keys.queue(registration.queue())).toList());
            rates.note(clock.instant(), reading.counts());
            Ledger ledger = Ledger.of(reading);
            rare = new Rare(ledger.balanced(), ledger.total().lost(), CameraSightings.read(redis, keys).entrySet()
                    .stream().collect(Collectors.toMap(Map.Entry::getKey, newest -> newest.getValue().time())));
        }
        Completed.Reading completed = Completed.read(redis, keys);
        rates.pace().note(clock.instant(), completed);
        figures = new Figures(completed,
                BacklogReader.read(redis, keys, group, List.of()).capture().unread(),
                new DeadLetters(keys).dropped(redis));
    }
}
