package framebuffer.orchestrator.observability.history;

import framebuffer.orchestrator.observability.history.HistoryRecord.SampleSum;
import framebuffer.orchestrator.observability.stats.FrameRates.CompletionPace.Latency;
import framebuffer.orchestrator.observability.stats.Ledger.LedgerCounts;
import framebuffer.wire.text.NaturalOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What happened from one moment to another.
 *
 * @param counts frames captured and ended in this time
 * @param latency of the frames completed in this time; empty: none
 * @param backlog mean number of frames in the capture streams that were not handed off
 * @param processors processor → mean utilization
 * @param capabilities capability → mean utilization of the processors that offer it
 */
public record HistoryPoint(Instant from, Instant to, LedgerCounts counts, Optional<Latency> latency, double backlog,
        SortedMap<String, Double> processors, SortedMap<String, Double> capabilities) {

    /**
     * The points between records.
     *
     * @param records in order
     * @param step a point ends with the first record of each multiple of this since 1970, and with the last record
     */
    static List<HistoryPoint> between(Collection<HistoryRecord> records, Duration step) {
        List<HistoryPoint> points = new ArrayList<>();
        HistoryRecord from = null;
        HistoryRecord last = null;
        for (HistoryRecord record : records) {
            if (from == null) {
                from = record;
            } else if (slot(record, step) != slot(last == null ? from : last, step)) {
                points.add(between(from, record));
                from = record;
            }
            last = record;
        }
        if (from != null && last != null && from.at().isBefore(last.at())) {
            points.add(between(from, last));
        }
        return points;
    }

    private static long slot(HistoryRecord record, Duration step) {
        return Math.floorDiv(record.at().toEpochMilli(), step.toMillis());
    }

    private static HistoryPoint between(HistoryRecord from, HistoryRecord to) {
        long[] buckets = new long[to.buckets().size()];
        for (int bucket = 0; bucket < buckets.length; bucket++) {
            buckets[bucket] = since(from.buckets().get(bucket), to.buckets().get(bucket));
        }
        return new HistoryPoint(from.at(), to.at(), since(from.counts(), to.counts()), Latency.of(buckets),
                to.backlog().since(from.backlog()).mean(), means(from.processors(), to.processors()),
                means(from.capabilities(), to.capabilities()));
    }

    private static LedgerCounts since(LedgerCounts from, LedgerCounts to) {
        Map<String, Long> shed = new TreeMap<>();
        to.shed().forEach((reason, frames) -> shed.put(reason, since(from.shed().getOrDefault(reason, 0L), frames)));
        return new LedgerCounts(since(from.captured(), to.captured()), since(from.done(), to.done()), shed,
                since(from.dead(), to.dead()), since(from.lost(), to.lost()));
    }

    /** A count that is smaller than before has begun anew; dead letters that were requeued are no longer dead. */
    private static long since(long from, long to) {
        return Math.max(0, to - from);
    }

    private static SortedMap<String, Double> means(Map<String, SampleSum> from, Map<String, SampleSum> to) {
        SortedMap<String, Double> means = new TreeMap<>(NaturalOrder.NAMES);
        to.forEach((name, sum) -> {
            @Nullable
            SampleSum then = from.get(name);
            SampleSum here = sum.since(then);
            if (here.samples() > 0) {
                means.put(name, here.mean());
            }
        });
        return means;
    }
}
