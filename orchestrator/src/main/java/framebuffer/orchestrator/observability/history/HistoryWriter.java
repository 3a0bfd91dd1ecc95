package framebuffer.orchestrator.observability.history;

import framebuffer.orchestrator.observability.history.HistoryRecord.SampleSum;
import framebuffer.orchestrator.observability.stats.FrameQueries;
import framebuffer.orchestrator.observability.stats.FrameQueries.BacklogSnapshot;
import framebuffer.orchestrator.observability.stats.QueueState;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.monitoring.HistoryStore;
import framebuffer.redis.monitoring.HistoryStore.HistoryClaim;
import framebuffer.redis.queues.CompletionCounts.CompletionReading;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes a record of the history each minute, if no other instance does. Takes samples of the backlog and of the utilization in between;
 * those of a minute in which the instance dies are lost.
 */
public final class HistoryWriter implements RedisLoop.Work {
    private static final Duration REST = Duration.ofSeconds(5);

    private final HistoryStore store;
    private final FrameQueries queries;
    private final Supplier<CompletionReading> completed;
    private SampleSum backlog = SampleSum.NONE;
    private final Map<String, SampleSum> processors = new HashMap<>();
    private final Map<String, SampleSum> capabilities = new HashMap<>();

    /**
     * @param store in the first partition
     * @param completed the frames completed so far, in all partitions
     */
    public HistoryWriter(HistoryStore store, FrameQueries queries, Supplier<CompletionReading> completed) {
        this.store = store;
        this.queries = queries;
        this.completed = completed;
    }

    @Override
    public Duration rest() {
        return REST;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        HistoryClaim claim = store.claim(redis);
        if (!claim.isOurs()) {
            forget();
            return;
        }
        sample(queries.backlogs());
        HistoryRecord before = HistoryRecord.decode(claim.newest().getBytes(StandardCharsets.UTF_8));
        if (before == null || minute(before.at()) < minute(claim.now())) {
            store.note(redis, record(claim.now(), before).encode());
            forget();
        }
    }

    private static long minute(Instant at) {
        return at.getEpochSecond() / 60;
    }

    private void forget() {
        backlog = SampleSum.NONE;
        processors.clear();
        capabilities.clear();
    }

    private void sample(BacklogSnapshot now) {
        backlog = backlog.plus(SampleSum.of((double) now.capture().backlog()));
        Map<String, long[]> used = new HashMap<>();
        for (QueueState queue : now.queues()) {
            processors.merge(queue.processor().id(), SampleSum.of(queue.utilization()), SampleSum::plus);
            queue.processor().capabilities().forEach(capability -> {
                long[] sum = used.computeIfAbsent(capability, _ -> new long[2]);
                sum[0] += queue.outstanding();
                sum[1] += queue.processor().capacity();
            });
        }
        used.forEach((capability, sum) -> capabilities.merge(capability,
                SampleSum.of((double) sum[0] / sum[1]), SampleSum::plus));
    }

    private HistoryRecord record(Instant now, @Nullable HistoryRecord before) {
        return new HistoryRecord(now, queries.ledger().total(), HistoryRecord.buckets(completed.get()),
                before == null ? backlog : before.backlog().plus(backlog),
                sums(before == null ? Map.of() : before.processors(), processors),
                sums(before == null ? Map.of() : before.capabilities(), capabilities));
    }

    /** Only of those that are registered now, so that records do not grow with each old name. */
    private static Map<String, SampleSum> sums(Map<String, SampleSum> before, Map<String, SampleSum> now) {
        Map<String, SampleSum> sums = new HashMap<>();
        now.forEach((name, sum) -> sums.put(name, before.getOrDefault(name, SampleSum.NONE).plus(sum)));
        return sums;
    }
}
