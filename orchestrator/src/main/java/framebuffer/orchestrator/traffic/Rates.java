package framebuffer.orchestrator.traffic;

import framebuffer.streams.LedgerReader;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisLoop;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
 * Every 5 s it is noted what the ledger counts; the cost of that grows with the number of cameras.
 */
public final class Rates implements RedisLoop.Work {
    /** How often it is noted. */
    static final Duration EVERY = Duration.ofSeconds(5);

    /** What was noted longer ago does not count. */
    static final Duration SPAN = Duration.ofSeconds(15);

    private final Keys keys;
    private final InstantSource clock;
    private volatile List<Noted> noted = List.of();

    /**
     * What was counted by a moment.
     *
     * @param done
     *            of all cameras
     * @param captured
     *            camera → frames
     */
    record Noted(Instant at, long done, Map<String, Long> captured) {
        static Noted of(Map<String, Map<String, Long>> ledger, Instant at) {
            Map<String, Long> captured = HashMap.newHashMap(ledger.size());
            long done = 0;
            for (Map.Entry<String, Map<String, Long>> camera : ledger.entrySet()) {
                done += camera.getValue().getOrDefault("done", 0L);
                captured.put(camera.getKey(), camera.getValue().getOrDefault("captured", 0L));
            }
            return new Noted(at, done, captured);
        }
    }

    public Rates(Keys keys, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
    }

    @Override
    public Duration rest() {
        return EVERY;
    }

    @Override
    public void turn(RedisConnection redis) {
        note(Noted.of(LedgerReader.counts(redis, keys), clock.instant()));
    }

    /** For one thread. */
    void note(Noted now) {
        List<Noted> kept = new ArrayList<>(noted);
        kept.removeIf(old -> old.at().isBefore(now.at().minus(SPAN)));
        kept.add(now);
        noted = List.copyOf(kept);
    }

    /** Frames completed per second until this moment, at which so many are done; 0 before the first note. */
    public double completed(Instant now, long done) {
        return rate(now, done, Noted::done);
    }

    /** Frames captured per second of a camera until this moment, at which so many were; 0 before the first note. */
    public double captured(Instant now, String camera, long captured) {
        return rate(now, captured, old -> old.captured().getOrDefault(camera, 0L));
    }

    private double rate(Instant now, long count, ToLongFunction<Noted> before) {
        return noted.stream().filter(old -> old.at().isBefore(now) && !old.at().isBefore(now.minus(SPAN))).findFirst()
                .map(old -> Math.max(0, count - before.applyAsLong(old)) * 1_000.0
                        / Duration.between(old.at(), now).toMillis())
                .filter(Double::isFinite).orElse(0.0);
    }
}
