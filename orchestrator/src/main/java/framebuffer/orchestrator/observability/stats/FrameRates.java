package framebuffer.orchestrator.observability.stats;

import framebuffer.redis.queues.CompletionCounts;
import framebuffer.wire.text.NaturalOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/**
 * Frames captured and completed per second in the whole cluster, over the last 10 to 15 s, or less just after the start. A sample is noted
 * every 5 s. One thread writes, any may read.
 */
public final class FrameRates {
    /** Age at which a sample is dropped. */
    static final Duration SPAN = Duration.ofSeconds(15);

    private final CompletionPace pace = new CompletionPace();
    private volatile List<RateSample> noted = List.of();

    /**
     * A sample of the ledger's counts.
     *
     * @param done of all cameras
     * @param captured camera → frames
     */
    private record RateSample(Instant at, long done, Map<String, Long> captured) {
    }

    /** Speed of each processor, and latency. */
    public CompletionPace pace() {
        return pace;
    }

    /**
     * Adds a sample of the ledger's counts.
     *
     * @param done completed frames of all cameras
     * @param captured camera → frames
     */
    public void note(Instant at, long done, Map<String, Long> captured) {
        RateSample now = new RateSample(at, done, captured);
        List<RateSample> kept = new ArrayList<>(noted);
        // Drops samples from before the clock was set back, which would otherwise be kept for too long.
        kept.removeIf(old -> old.at().isBefore(now.at().minus(SPAN)) || !old.at().isBefore(now.at()));
        kept.add(now);
        noted = List.copyOf(kept);
    }

    /** Frames completed per second, given the count at this moment; 0 before the first sample. */
    public double completed(Instant now, long done) {
        return rate(now, done, RateSample::done);
    }

    /** Frames captured per second of a camera, given the count at this moment; 0 before the first sample. */
    public double captured(Instant now, String camera, long captured) {
        return rate(now, captured, old -> old.captured().getOrDefault(camera, 0L));
    }

    private double rate(Instant now, long count, ToLongFunction<RateSample> before) {
        return noted.stream().filter(old -> old.at().isBefore(now) && !old.at().isBefore(now.minus(SPAN))).findFirst()
                .map(old -> Math.max(0, count - before.applyAsLong(old)) * 1_000.0
                        / Duration.between(old.at(), now).toMillis())
                .filter(Double::isFinite).orElse(0.0);
    }

    /**
     * Frames that each processor completes per second, over the last 10 s, and the latency of frames completed in the last minute, for the
     * whole cluster. One thread writes, any may read.
     */
    public static final class CompletionPace {
        /** Period over which rates are averaged. */
        static final Duration RATE_SPAN = Duration.ofSeconds(10);
        /** Period of the latency. */
        static final Duration LATENCY_SPAN = Duration.ofMinutes(1);

        private volatile List<CompletionSample> noted = List.of();

        private record CompletionSample(Instant at, CompletionCounts.CompletionReading completed) {
        }

        /**
         * Time from capture to acknowledgement. Each is estimated within a bucket, as in Prometheus; values above the longest bound, a
         * minute, count as that.
         */
        public record Latency(Duration p50, Duration p95, Duration p99) {
            /** The latency of these frames, by bucket as in {@link CompletionCounts}; empty: there are none. */
            public static Optional<Latency> of(long[] buckets) {
                long frames = LongStream.of(buckets).sum();
                return frames == 0
                        ? Optional.empty()
                        : Optional.of(new Latency(quantile(buckets, frames * .5), quantile(buckets, frames * .95),
                                quantile(buckets, frames * .99)));
            }
        }

        /** Adds a sample of completions; at most once a second, because samples are kept for a minute. */
        public void note(Instant at, CompletionCounts.CompletionReading completed) {
            List<CompletionSample> kept = new ArrayList<>(noted);
            // Drops samples from before the clock was set back, which would otherwise be kept for too long.
            kept.removeIf(old -> old.at().isBefore(at.minus(LATENCY_SPAN)) || !old.at().isBefore(at));
            kept.add(new CompletionSample(at, completed));
            noted = List.copyOf(kept);
        }

        /** Present processor → frames it completed per second; empty before the second sample. */
        public Map<String, Double> perSecond() {
            List<CompletionSample> all = noted;
            Map<String, Double> rates = new TreeMap<>(NaturalOrder.NAMES);
            if (all.size() > 1) {
                CompletionSample last = all.getLast();
                CompletionSample first = first(all, RATE_SPAN);
                double seconds = Duration.between(first.at(), last.at()).toNanos() / 1e9;
                last.completed().byProcessor().forEach((processor, frames) -> rates.put(processor,
                        Math.max(0, frames - first.completed().byProcessor().getOrDefault(processor, 0L)) / seconds));
            }
            return rates;
        }

        /** Latency of the frames completed in the last minute; empty: none. */
        public Optional<Latency> latency() {
            List<CompletionSample> all = noted;
            if (all.isEmpty()) {
                return Optional.empty();
            }
            CompletionCounts.CompletionReading last = all.getLast().completed();
            CompletionCounts.CompletionReading first = first(all, LATENCY_SPAN).completed();
            long[] buckets = new long[CompletionCounts.BUCKETS];
            for (int i = 0; i < buckets.length; i++) {
                buckets[i] = Math.max(0, last.bucket(i) - first.bucket(i));
            }
            return Latency.of(buckets);
        }

        private static CompletionSample first(List<CompletionSample> all, Duration span) {
            Instant since = all.getLast().at().minus(span);
            return all.stream().filter(one -> !one.at().isBefore(since)).findFirst().orElseThrow();
        }

        /** Linear within its bucket, as {@code histogram_quantile} of Prometheus. */
        private static Duration quantile(long[] buckets, double rank) {
            double below = 0;
            for (int i = 0; i < buckets.length - 1; i++) {
                if (below + buckets[i] >= rank && buckets[i] > 0) {
                    double from = i == 0 ? 0 : CompletionCounts.bound(i - 1);
                    return ofSeconds(from + (CompletionCounts.bound(i) - from) * (rank - below) / buckets[i]);
                }
                below += buckets[i];
            }
            return ofSeconds(CompletionCounts.bound(buckets.length - 2));
        }

        private static Duration ofSeconds(double seconds) {
            return Duration.ofNanos(Math.round(seconds * 1e9));
        }
    }
}
