package framebuffer.orchestrator.observability.stats;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    record RateSample(Instant at, long done, Map<String, Long> captured) {
        static RateSample of(Map<String, Map<String, Long>> ledger, Instant at) {
            Map<String, Long> captured = HashMap.newHashMap(ledger.size());
            long done = 0;
            for (Map.Entry<String, Map<String, Long>> camera : ledger.entrySet()) {
                done += camera.getValue().getOrDefault("done", 0L);
                captured.put(camera.getKey(), camera.getValue().getOrDefault("captured", 0L));
            }
            return new RateSample(at, done, captured);
        }
    }

    /** How fast each processor is, and how long frames take. */
    public CompletionPace pace() {
        return pace;
    }

    /**
     * What the ledger counted by this moment.
     *
     * @param ledger
     *            camera → what → frames
     */
    public void note(Instant at, Map<String, Map<String, Long>> ledger) {
        note(RateSample.of(ledger, at));
    }

    void note(RateSample now) {
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
}
