package framebuffer.orchestrator.observability.stats;

import framebuffer.orchestrator.observability.stats.StatsReader.FastStats;
import framebuffer.orchestrator.observability.stats.StatsReader.SlowStats;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.cluster.ServiceClock.Interval;
import framebuffer.redis.monitoring.MemoryUsage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

/** Figures of the whole cluster that only Redis has: the sums of the last readings of all partitions. */
public final class ClusterStats {
    /** Slightly less than one second, so that readers of several partitions do not note the same counts twice. */
    private static final Duration COMPLETED_EVERY = Duration.ofMillis(900);
    private static final Duration LEDGER_EVERY = Duration.ofMillis(4_900);

    private final List<StatsReader> readers;
    private final FrameRates rates;
    private final Consumer<Set<String>> camerasLeft;
    private final InstantSource clock;
    private final ReentrantLock noting = new ReentrantLock();
    private Set<String> cameras = Set.of();
    private Instant completedAt = Instant.MIN;
    private Instant ledgerAt = Instant.MIN;

    /**
     * @param readers one for each partition
     * @param rates receives the counts
     * @param camerasLeft receives cameras that were removed
     */
    public ClusterStats(List<StatsReader> readers, FrameRates rates, Consumer<Set<String>> camerasLeft,
            InstantSource clock) {
        this.readers = List.copyOf(readers);
        this.rates = rates;
        this.camerasLeft = camerasLeft;
        this.clock = clock;
    }

    /** The loop of one partition: reads its figures, then updates the sums. */
    public RedisLoop.Work reading(StatsReader reader) {
        return new RedisLoop.Work() {
            @Override
            public void runOnce(RedisConnection redis) {
                reader.runOnce(redis);
                note();
            }

            @Override
            public Duration rest() {
                return reader.rest();
            }
        };
    }

    private void note() {
        noting.lock();
        try {
            Instant now = clock.instant();
            if (Interval.isOver(ledgerAt, LEDGER_EVERY, now)) {
                ledgerAt = now;
                SlowStats sums = slow();
                rates.note(now, sums.done(), sums.captured());
                reportCamerasLeft(sums.cameras().keySet());
            }
            if (Interval.isOver(completedAt, COMPLETED_EVERY, now)) {
                completedAt = now;
                rates.pace().note(now, fast().completed());
            }
        } finally {
            noting.unlock();
        }
    }

    private void reportCamerasLeft(Set<String> present) {
        Set<String> left = new HashSet<>(cameras);
        left.removeAll(present);
        camerasLeft.accept(left);
        cameras = Set.copyOf(present);
    }

    /** Figures that are read every second. */
    public FastStats fast() {
        return readers.stream().map(StatsReader::fast).reduce(FastStats::plus).orElseThrow();
    }

    /** Figures that are read every fifth second. */
    public SlowStats slow() {
        return readers.stream().map(StatsReader::slow).reduce(SlowStats::plus).orElseThrow();
    }

    /** Warning that a Redis has used nearly all its memory. */
    public Optional<String> memoryFull() {
        return memory(MemoryUsage::full);
    }

    /** Warning that a Redis may remove frames when its memory is full. */
    public Optional<String> evicts() {
        return memory(MemoryUsage::evicts);
    }

    private Optional<String> memory(Function<MemoryUsage, Optional<String>> warning) {
        return fast().memory().stream().flatMap(one -> warning.apply(one).stream()).findFirst();
    }
}
