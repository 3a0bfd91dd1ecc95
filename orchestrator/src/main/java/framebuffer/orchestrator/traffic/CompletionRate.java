package framebuffer.orchestrator.traffic;

import framebuffer.streams.LedgerReader;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisLoop;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * How many frames the whole cluster completes per second, over the last 10 to 15 s; over less in the first 10 s after the start.
 *
 * <p>
 * Every 5 s it is noted how many the ledger counts as done; the cost of that grows with the number of cameras.
 */
public final class CompletionRate implements RedisLoop.Work {
    /** How often it is noted. */
    static final Duration EVERY = Duration.ofSeconds(5);

    /** What was noted longer ago does not count. */
    static final Duration SPAN = Duration.ofSeconds(15);

    private final Keys keys;
    private final InstantSource clock;
    private volatile List<Noted> noted = List.of();

    private record Noted(Instant at, long done) {
    }

    public CompletionRate(Keys keys, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
    }

    @Override
    public Duration rest() {
        return EVERY;
    }

    @Override
    public void turn(RedisConnection redis) {
        note(clock.instant(), LedgerReader.done(redis, keys));
    }

    /** So many frames were done by then. For one thread. */
    void note(Instant at, long done) {
        List<Noted> kept = new ArrayList<>(noted);
        kept.removeIf(old -> old.at().isBefore(at.minus(SPAN)));
        kept.add(new Noted(at, done));
        noted = List.copyOf(kept);
    }

    /** Frames per second between the oldest note that counts and this moment, at which so many are done; 0 before the first note. */
    public double until(Instant now, long done) {
        return noted.stream().filter(old -> old.at().isBefore(now) && !old.at().isBefore(now.minus(SPAN))).findFirst()
                .map(old -> Math.max(0, done - old.done()) * 1_000.0 / Duration.between(old.at(), now).toMillis())
                .filter(Double::isFinite).orElse(0.0);
    }
}
