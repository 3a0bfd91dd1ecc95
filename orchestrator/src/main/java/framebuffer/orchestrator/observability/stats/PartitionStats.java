package framebuffer.orchestrator.observability.stats;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.frames.BacklogReader;
import framebuffer.redis.frames.DeferredFrames;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.frames.MemoryUsage;
import framebuffer.redis.queues.CompletionCounts;
import framebuffer.redis.queues.DeadLetterStore;
import framebuffer.redis.tables.CameraLastSeenStore;
import framebuffer.redis.tables.PressureStore;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Backpressure;
import framebuffer.wire.control.Registration;
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
public final class PartitionStats implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(PartitionStats.class);
    private static final Duration REST = Duration.ofSeconds(1);
    private static final int LEDGER_EVERY = 5;

    private final Keys keys;
    private final String group;
    private final Supplier<Collection<Registration>> queues;
    private volatile FastStats figures = new FastStats(CompletionCounts.CompletionReading.NOTHING, 0, 0, Map.of(),
            Backpressure.NONE);
    private volatile SlowStats rare = new SlowStats(null, -1, 0, Map.of(), Map.of());
    private volatile @Nullable MemoryUsage memory;
    private int turns;

    /** What was read last of what is read more rarely, for it takes longer with each camera. */
    private record SlowStats(@Nullable Boolean balanced, long lost, long underWay, Map<String, Instant> cameras,
            Map<String, Map<String, Long>> counts) {
        SlowStats {
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
    public record FastStats(CompletionCounts.CompletionReading completed, long backlog, long deferred,
            Map<String, Long> dropped,
            Backpressure told) {
        public FastStats {
            dropped = Map.copyOf(dropped);
        }

        FastStats plus(FastStats other) {
            Map<String, Long> both = new HashMap<>(dropped);
            other.dropped.forEach((reason, letters) -> both.merge(reason, letters, Long::sum));
            return new FastStats(completed.plus(other.completed), backlog + other.backlog,
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
    public PartitionStats(Keys keys, String group, Supplier<Collection<Registration>> queues) {
        this.keys = keys;
        this.group = group;
        this.queues = queues;
    }

    FastStats figures() {
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
    Optional<MemoryUsage> memory() {
        return Optional.ofNullable(memory);
    }

    @Override
    public Duration rest() {
        return REST;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        poll(redis);
        if (turns++ % LEDGER_EVERY == 0) {
            LedgerReader.LedgerReading reading = LedgerReader.read(redis, keys, group,
                    queues.get().stream().map(registration -> keys.queue(registration.queue())).toList());
            Ledger ledger = Ledger.of(reading);
            rare = new SlowStats(ledger.balanced(), ledger.total().lost(), ledger.total().inFlight(),
                    CameraLastSeenStore.read(redis, keys).entrySet()
                            .stream().collect(Collectors.toMap(Map.Entry::getKey, newest -> newest.getValue().time())),
                    reading.counts());
        }
        figures = new FastStats(CompletionCounts.read(redis, keys),
                BacklogReader.read(redis, keys, group, List.of()).capture().unread(),
                DeferredFrames.count(redis, keys),
                new DeadLetterStore(keys).dropped(redis), PressureStore.read(redis, keys));
    }

    /** Who may not ask (INFO is "dangerous") does not know, and goes on. */
    private void poll(RedisConnection redis) {
        MemoryUsage before = memory;
        try {
            MemoryUsage now = MemoryUsage.read(redis);
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
