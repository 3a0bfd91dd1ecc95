package framebuffer.orchestrator.observability.stats;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What only Redis knows, of all partitions together, as it was last read in each. */
public final class ClusterStats {
    /** What was noted no longer ago is not noted again, whichever partition was read. */
    private static final Duration COMPLETED_EVERY = Duration.ofMillis(900);
    private static final Duration LEDGER_EVERY = Duration.ofMillis(4_900);

    private final List<PartitionStats> all;
    private final FrameRates rates;
    private final Consumer<Set<String>> left;
    private Set<String> shown = Set.of();
    private final InstantSource clock;
    private final ReentrantLock noting = new ReentrantLock();
    private Instant completedAt = Instant.MIN;
    private Instant ledgerAt = Instant.MIN;

    /**
     * @param all
     *            of each partition
     * @param rates
     *            are told what was counted
     * @param left
     *            takes the cameras that have left
     */
    public ClusterStats(List<PartitionStats> all, FrameRates rates, Consumer<Set<String>> left,
            InstantSource clock) {
        this.left = left;
        this.all = List.copyOf(all);
        this.rates = rates;
        this.clock = clock;
    }

    /** The work that reads those of one partition and notes what came of it. */
    public RedisLoop.Work reading(PartitionStats one) {
        return new RedisLoop.Work() {
            @Override
            public void runOnce(RedisConnection redis) {
                one.runOnce(redis);
                note();
            }

            @Override
            public Duration rest() {
                return one.rest();
            }
        };
    }

    private void note() {
        noting.lock();
        try {
            Instant now = clock.instant();
            if (!ledgerAt.plus(LEDGER_EVERY).isAfter(now) || ledgerAt.isAfter(now)) {
                ledgerAt = now;
                rates.note(now, counts());
                forgetThoseThatLeft();
            }
            if (!completedAt.plus(COMPLETED_EVERY).isAfter(now) || completedAt.isAfter(now)) {
                completedAt = now;
                rates.pace().note(now, figures().completed());
            }
        } finally {
            noting.unlock();
        }
    }

    private void forgetThoseThatLeft() {
        Set<String> there = Set.copyOf(cameras().keySet());
        Set<String> gone = new HashSet<>(shown);
        gone.removeAll(there);
        left.accept(gone);
        shown = there;
    }

    private Map<String, Map<String, Long>> counts() {
        Map<String, Map<String, Long>> sum = new HashMap<>();
        all.forEach(one -> one.counts().forEach((camera, counts) -> sum.merge(camera, counts, ClusterStats::both)));
        return sum;
    }

    private static Map<String, Long> both(Map<String, Long> one, Map<String, Long> other) {
        Map<String, Long> sum = new HashMap<>(one);
        other.forEach((what, frames) -> sum.merge(what, frames, Long::sum));
        return sum;
    }

    public PartitionStats.FastStats figures() {
        return all.stream().map(PartitionStats::figures).reduce(PartitionStats.FastStats::plus).orElseThrow();
    }

    /** Frames captured that have not ended, as of when the ledger was last looked at. */
    public long underWay() {
        return all.stream().mapToLong(PartitionStats::underWay).sum();
    }

    /** Whether the ledger balanced when it was last looked at; null: not all of it has been looked at yet. */
    public @Nullable Boolean balanced() {
        boolean known = true;
        for (PartitionStats one : all) {
            Boolean balanced = one.balanced();
            if (Boolean.FALSE.equals(balanced)) {
                return false;
            }
            known &= balanced != null;
        }
        return known ? true : null;
    }

    /** Processor → frames it has acknowledged, ever. */
    public Map<String, Long> completed() {
        return figures().completed().byProcessor();
    }

    /** Frames in the capture streams that nobody of us has read. */
    public long unread() {
        return figures().backlog();
    }

    /** Frames lost so far, by the ledger; negative: not all of it has been looked at yet. */
    public long lost() {
        return all.stream().anyMatch(one -> one.lost() < 0) ? -1 : all.stream().mapToLong(PartitionStats::lost).sum();
    }

    /** Camera → when its newest frame was captured. */
    public Map<String, Instant> cameras() {
        Map<String, Instant> cameras = new HashMap<>();
        all.forEach(one -> cameras.putAll(one.cameras()));
        return cameras;
    }

    /** That a Redis has used nearly all its memory; empty: none has, as far as is known. */
    public Optional<String> memoryFull() {
        return all.stream().flatMap(one -> one.memory().stream()).flatMap(memory -> memory.full().stream()).findFirst();
    }

    /** That a Redis may remove frames for want of memory; empty: none does, as far as is known. */
    public Optional<String> evicts() {
        return all.stream().flatMap(one -> one.memory().stream()).flatMap(memory -> memory.evicts().stream())
                .findFirst();
    }
}
