package framebuffer.orchestrator.observability.stats;

import framebuffer.orchestrator.observability.stats.Ledger.LedgerCounts;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.frames.BacklogReader;
import framebuffer.redis.frames.DeferredFrames;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.frames.ResultTrim;
import framebuffer.redis.frames.ResultTrim.ResultCounts;
import framebuffer.redis.monitoring.MemoryUsage;
import framebuffer.redis.queues.CompletionCounts;
import framebuffer.redis.queues.DeadLetterStore;
import framebuffer.redis.tables.CameraLastSeenStore;
import framebuffer.redis.tables.CameraReportStore;
import framebuffer.redis.tables.PressureStore;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Backpressure;
import framebuffer.wire.control.CameraReport;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads figures of one partition that only Redis has: the cheap ones every second, the ledger every fifth second. */
public final class StatsReader implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(StatsReader.class);
    private static final Duration REST = Duration.ofSeconds(1);
    private static final int LEDGER_EVERY = 5;

    private final Keys keys;
    private final String group;
    private final Supplier<Collection<Registration>> queues;
    private volatile FastStats fast = new FastStats(CompletionCounts.CompletionReading.NOTHING, 0, 0, Map.of(),
            ResultCounts.NONE, Backpressure.NONE, List.of());
    private volatile SlowStats slow = SlowStats.UNREAD;
    private int turns;

    /**
     * Figures that are read every second.
     *
     * @param unread entries of the capture stream that the group has not read
     * @param deferred frames whose earliest hand-off time is in the future
     * @param dropped reason → dead letters removed for it
     * @param results results that are kept, and that have left
     * @param pressure the last published backpressure
     * @param memory of each Redis that may be asked
     */
    public record FastStats(CompletionCounts.CompletionReading completed, long unread, long deferred,
            Map<String, Long> dropped, ResultCounts results, Backpressure pressure, List<MemoryUsage> memory) {
        public FastStats {
            dropped = Map.copyOf(dropped);
            memory = List.copyOf(memory);
        }

        FastStats plus(FastStats other) {
            List<MemoryUsage> servers = new ArrayList<>(memory);
            servers.addAll(other.memory);
            return new FastStats(completed.plus(other.completed), unread + other.unread, deferred + other.deferred,
                    sum(dropped, other.dropped), results.plus(other.results),
                    Backpressure.worst(List.of(pressure, other.pressure)), servers);
        }
    }

    /**
     * Figures that are read every fifth second, because their cost grows with the number of cameras.
     *
     * @param lost frames lost so far, by the ledger; empty: the ledger of a partition has not been read yet
     * @param inFlight frames captured and not ended, by the ledger
     * @param cameras camera → capture time of its newest frame
     * @param ended those of them whose video has ended
     * @param done frames completed, by the ledger
     * @param captured camera → frames captured, by the ledger
     */
    public record SlowStats(LedgerBalance balance, OptionalLong lost, long inFlight, Map<String, Instant> cameras,
            Set<String> ended, long done, Map<String, Long> captured) {
        static final SlowStats UNREAD = new SlowStats(LedgerBalance.UNKNOWN, OptionalLong.empty(), 0, Map.of(),
                Set.of(), 0, Map.of());

        public SlowStats {
            cameras = Map.copyOf(cameras);
            ended = Set.copyOf(ended);
            captured = Map.copyOf(captured);
        }

        private static SlowStats of(Ledger ledger, Map<String, Instant> cameras, Map<String, CameraReport> reports) {
            LedgerCounts total = ledger.total();
            Set<String> ended = reports.entrySet().stream()
                    .filter(one -> cameras.containsKey(one.getKey())
                            && one.getValue().hasEnded(cameras.get(one.getKey())))
                    .map(Map.Entry::getKey).collect(Collectors.toSet());
            return new SlowStats(ledger.balanced() ? LedgerBalance.BALANCED : LedgerBalance.OUT_OF_BALANCE,
                    OptionalLong.of(total.lost()), total.inFlight(), cameras, ended, total.done(),
                    ledger.cameras().stream().collect(Collectors.toMap(Ledger.CameraCounts::cameraId,
                            camera -> camera.counts().captured())));
        }

        SlowStats plus(SlowStats other) {
            Map<String, Instant> newest = new HashMap<>(cameras);
            newest.putAll(other.cameras);
            Set<String> over = new HashSet<>(ended);
            over.addAll(other.ended);
            return new SlowStats(balance.worse(other.balance),
                    lost.isPresent() && other.lost.isPresent()
                            ? OptionalLong.of(lost.getAsLong() + other.lost.getAsLong())
                            : OptionalLong.empty(),
                    inFlight + other.inFlight, newest, over, done + other.done, sum(captured, other.captured));
        }
    }

    /**
     * @param group of the capture stream
     * @param queues all registrations whose queues may hold frames
     */
    public StatsReader(Keys keys, String group, Supplier<Collection<Registration>> queues) {
        this.keys = keys;
        this.group = group;
        this.queues = queues;
    }

    public FastStats fast() {
        return fast;
    }

    SlowStats slow() {
        return slow;
    }

    private static Map<String, Long> sum(Map<String, Long> one, Map<String, Long> other) {
        Map<String, Long> sum = new HashMap<>(one);
        other.forEach((name, count) -> sum.merge(name, count, Long::sum));
        return sum;
    }

    @Override
    public Duration rest() {
        return REST;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        List<MemoryUsage> memory = memory(redis);
        if (turns++ % LEDGER_EVERY == 0) {
            Ledger ledger = Ledger.of(LedgerReader.read(redis, keys, group,
                    queues.get().stream().map(registration -> keys.queue(registration.queue())).toList()));
            slow = SlowStats.of(ledger, CameraLastSeenStore.read(redis, keys).entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, newest -> newest.getValue().time())),
                    CameraReportStore.list(redis, keys));
        }
        fast = new FastStats(CompletionCounts.read(redis, keys),
                BacklogReader.read(redis, keys, group, List.of()).capture().unread(),
                DeferredFrames.count(redis, keys), new DeadLetterStore(keys).dropped(redis),
                new ResultTrim(keys).count(redis),
                PressureStore.read(redis, keys), memory);
    }

    /** Empty when this user has no permission: Redis counts INFO among its dangerous commands. */
    private List<MemoryUsage> memory(RedisConnection redis) {
        try {
            MemoryUsage now = MemoryUsage.read(redis);
            if (fast.memory().stream().noneMatch(before -> before.policy().equals(now.policy()))) {
                now.evicts().ifPresent(log::warn);
            }
            return List.of(now);
        } catch (RedisRefused e) {
            if (!e.code().equals("NOPERM")) {
                throw e;
            }
            return List.of();
        }
    }
}
