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

/**
 * How many frames the whole cluster captures and completes per second, over the last 10 to 15 s; over less in the first 10 s after
 * the start.
 *
 * <p>
 * What the ledger counts is noted every 5 s. One thread notes, any may ask.
 */
public final class FrameRates {
    /** What was noted longer ago does not count. */
    static final Duration SPAN = Duration.ofSeconds(15);

    private final CompletionPace pace = new CompletionPace();
    private volatile List<RateSample> noted = List.of();

    /**
     * What was counted by a moment.
     *
     * @param done
     *            of all cameras
     * @param captured
     *            camera → frames
     */
    private record RateSample(Instant at, long done, Map<String, Long> captured) {
    }

    /** How fast each processor is, and how long frames take. */
    public CompletionPace pace() {
        return pace;
    }

    /**
     * Notes what the ledger counts at this moment.
     *
     * @param done
     *            frames of all cameras
     * @param captured
     *            camera → frames
     */
    public void note(Instant at, long done, Map<String, Long> captured) {
        RateSample now = new RateSample(at, done, captured);
        List<RateSample> kept = new ArrayList<>(noted);
        // A clock that was set back: what seems to come later would be kept for as long.
        kept.removeIf(old -> old.at().isBefore(now.at().minus(SPAN)) || !old.at().isBefore(now.at()));
        kept.add(now);
        noted = List.copyOf(kept);
    }

    /** Frames completed per second until this moment, at which so many are done; 0 before the first note. */
    public double completed(Instant now, long done) {
        return rate(now, done, RateSample::done);
    }

    /** Frames captured per second of a camera until this moment, at which so many were; 0 before the first note. */
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
     * How many frames each processor completes per second, over the last 10 s, and how long frames took that were completed in the last
     * minute, of the whole cluster. One thread notes, any may ask.
     */
    public static final class CompletionPace {
        /** Period over which frames completed per second are averaged. */
        static final Duration RATE_SPAN = Duration.ofSeconds(10);
        /** Period whose completed frames the latencies describe. */
        static final Duration LATENCY_SPAN = Duration.ofMinutes(1);

        private volatile List<CompletionSample> noted = List.of();

        private record CompletionSample(Instant at, CompletionCounts.CompletionReading completed) {
        }

        /**
         * How long frames took from capture to acknowledgement. Each is estimated within a bucket, as Prometheus does it; what took longer
         * than the longest bound, a minute, counts as that.
         */
        public record Latency(Duration p50, Duration p95, Duration p99) {
        }

        /** What was completed by this moment; at most once a second, for all of it is kept for a minute. */
        public void note(Instant at, CompletionCounts.CompletionReading completed) {
            List<CompletionSample> kept = new ArrayList<>(noted);
            // A clock that was set back: what seems to come later would be kept for as long.
            kept.removeIf(old -> old.at().isBefore(at.minus(LATENCY_SPAN)) || !old.at().isBefore(at));
            kept.add(new CompletionSample(at, completed));
            noted = List.copyOf(kept);
        }

        /** Processor → frames it completed per second; of those that are there. Nothing, before two were noted. */
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

        /** Latency of the frames completed in the last minute; empty: none was completed. */
        public Optional<Latency> latency() {
            List<CompletionSample> all = noted;
            if (all.isEmpty()) {
                return Optional.empty();
            }
            CompletionCounts.CompletionReading last = all.getLast().completed();
            CompletionCounts.CompletionReading first = first(all, LATENCY_SPAN).completed();
            long[] buckets = new long[CompletionCounts.BUCKETS];
            long frames = 0;
            for (int i = 0; i < buckets.length; i++) {
                buckets[i] = Math.max(0, last.bucket(i) - first.bucket(i));
                frames += buckets[i];
            }
            return frames == 0
                    ? Optional.empty()
                    : Optional.of(new Latency(quantile(buckets, frames * .5), quantile(buckets, frames * .95),
                            quantile(buckets, frames * .99)));
        }

        private static CompletionSample first(List<CompletionSample> all, Duration span) {
            Instant since = all.getLast().at().minus(span);
            return all.stream().filter(one -> !one.at().isBefore(since)).findFirst().orElseThrow();
        }

        /** Linear within its bucket, see {@code histogram_quantile} of Prometheus. */
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
