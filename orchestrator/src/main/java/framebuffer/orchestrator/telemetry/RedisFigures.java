package framebuffer.orchestrator.telemetry;

import framebuffer.orchestrator.ledger.Ledger;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisLoop;
import framebuffer.streams.RedisRefused;
import framebuffer.streams.figures.BacklogReader;
import framebuffer.streams.figures.LedgerReader;
import framebuffer.streams.figures.RedisMemory;
import framebuffer.streams.frames.DeferredFrames;
import framebuffer.streams.letters.DeadLetters;
import framebuffer.streams.shared.CameraSightings;
import framebuffer.streams.shared.PressureBoard;
import framebuffer.streams.work.Completed;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Backpressure;
import framebuffer.wire.processor.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What only Redis knows, of one partition, read once a second: frames completed, and how many have not been read yet. */
public final class RedisFigures implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(RedisFigures.class);
    private static final Duration REST = Duration.ofSeconds(1);
    private static final int LEDGER_EVERY = 5;

    private final Keys keys;
    private final String group;
    private final Supplier<Collection<Registration>> queues;
    private volatile Figures figures = new Figures(Completed.Reading.NOTHING, 0, 0, Map.of(), Backpressure.NONE);
    private volatile Rare rare = new Rare(null, -1, 0, Map.of(), Map.of());
    private volatile @Nullable RedisMemory memory;
    private int turns;

    /** What was read last of what is read more rarely, for it takes longer with each camera. */
    private record Rare(@Nullable Boolean balanced, long lost, long underWay, Map<String, Instant> cameras,
            Map<String, Map<String, Long>> counts) {
        Rare {
            counts = Map.copyOf(counts);
            cameras = Map.copyOf(cameras);
        }
    }

    /**
     * What was read last.
     *
     * @param backlog
     *            frames in the capture stream that nobody of us has read
     * @param deferred
     *            frames that may not go yet
     * @param dropped
     *            reason → dead letters removed for it
     * @param told
     *            what producers are told
     */
    record Figures(Completed.Reading completed, long backlog, long deferred, Map<String, Long> dropped,
            Backpressure told) {
        Figures {
            dropped = Map.copyOf(dropped);
        }

        Figures plus(Figures other) {
            Map<String, Long> both = new HashMap<>(dropped);
            other.dropped.forEach((reason, letters) -> both.merge(reason, letters, Long::sum));
            return new Figures(completed.plus(other.completed), backlog + other.backlog,
                    deferred + other.deferred, both,
                    Backpressure.worst(List.of(told, other.told)));
        }
    }

    /**
     * @param group
     *            of the capture stream
     * @param queues
     *            all whose queues may hold frames
     */
    public RedisFigures(Keys keys, String group, Supplier<Collection<Registration>> queues) {
        this.keys = keys;
        this.group = group;
        this.queues = queues;
    }

    Figures figures() {
        return figures;
    }

    /** What producers were told when it was last looked at. */
    public Backpressure told() {
        return figures.told();
    }

    /** Whether the ledger balanced when it was last looked at; null: nobody has looked yet. */
    @Nullable
    Boolean balanced() {
        return rare.balanced();
    }

    /** Frames lost so far, by the ledger; negative: nobody has looked yet. */
    long lost() {
        return rare.lost();
    }

    /** Frames captured that have not ended, by the ledger; 0: nobody has looked yet. */
    long underWay() {
        return rare.underWay();
    }

    /** Camera → when its newest frame was captured. */
    Map<String, Instant> cameras() {
        return rare.cameras();
    }

    /** What the ledger counted: camera → what → frames. */
    Map<String, Map<String, Long>> counts() {
        return rare.counts();
    }

    /** How its Redis's memory was when it was last looked at; empty: it is not known. */
    Optional<RedisMemory> memory() {
        return Optional.ofNullable(memory);
    }

    @Override
    public Duration rest() {
        return REST;
    }

    @Override
    public void turn(RedisConnection redis) {
        look(redis);
        if (turns++ % LEDGER_EVERY == 0) {
            LedgerReader.Reading reading = LedgerReader.read(redis, keys, group,
                    queues.get().stream().map(registration -> keys.queue(registration.queue())).toList());
            Ledger ledger = Ledger.of(reading);
            rare = new Rare(ledger.balanced(), ledger.total().lost(), ledger.total().inFlight(),
                    CameraSightings.read(redis, keys).entrySet()
                            .stream().collect(Collectors.toMap(Map.Entry::getKey, newest -> newest.getValue().time())),
                    reading.counts());
        }
        figures = new Figures(Completed.read(redis, keys),
                BacklogReader.read(redis, keys, group, List.of()).capture().unread(),
                DeferredFrames.count(redis, keys),
                new DeadLetters(keys).dropped(redis), PressureBoard.read(redis, keys));
    }

    /** Who may not ask (INFO is "dangerous") does not know, and goes on. */
    private void look(RedisConnection redis) {
        RedisMemory before = memory;
        try {
            RedisMemory now = RedisMemory.read(redis);
            memory = now;
            if (before == null || !before.policy().equals(now.policy())) {
                now.evicts().ifPresent(log::warn);
            }
        } catch (RedisRefused e) {
            if (!e.code().equals("NOPERM")) {
                throw e;
            }
            memory = null;
        }
    }
}
