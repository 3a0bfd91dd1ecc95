package framebuffer.orchestrator.observability.history;

import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.RedisClock;
import framebuffer.redis.monitoring.HistoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Answers what happened in a time that the history covers. For any thread; each call opens its own connection.
 *
 * <p>
 * Methods throw {@link RedisUnavailable} when Redis is away, and {@link RedisRefused} when it refuses.
 */
public final class HistoryReader {
    /** Most points of an answer. */
    public static final int MOST = 500;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration QUARTER = Duration.ofMinutes(15);

    private final Partition first;
    private final Duration retention;

    /**
     * @param first the first partition
     * @param retention how long records are kept; zero: none are
     */
    public HistoryReader(Partition first, Duration retention) {
        this.first = first;
        this.retention = retention;
    }

    /**
     * The time that is asked for.
     *
     * @param from null: the retention before {@code to}
     * @param to null: now
     * @param step null: a minute, or a quarter of an hour for more than the last three hours
     */
    public record HistoryRange(@Nullable Instant from, @Nullable Instant to, @Nullable Duration step) {
    }

    /**
     * The history of a time, by Redis's clock.
     *
     * @param points in order; there is none for a time without records
     */
    public record History(Instant from, Instant to, Duration step, List<HistoryPoint> points) {
        public History {
            points = List.copyOf(points);
        }
    }

    /** How long records are kept. */
    public Duration retention() {
        return retention;
    }

    /**
     * The history of this time.
     *
     * @throws IllegalArgumentException when it would have more than {@link #MOST} points; the message says which step would do
     */
    public History read(HistoryRange range) {
        return first.ask(redis -> {
            Instant now = RedisClock.SERVER.now(redis);
            Instant to = Objects.requireNonNullElse(range.to(), now);
            Instant from = Objects.requireNonNullElseGet(range.from(), () -> to.minus(retention));
            Duration step = Objects.requireNonNullElseGet(range.step(),
                    () -> Duration.between(from, to).compareTo(HistoryStore.FINE) > 0 ? QUARTER : MINUTE);
            // Records are no older than the retention, so a longer time has no more points.
            Duration covered = Duration.between(from, to).compareTo(retention) < 0
                    ? Duration.between(from, to)
                    : retention;
            if (covered.dividedBy(step) > MOST) {
                throw new IllegalArgumentException("must be at least " + (covered.toSeconds() / MOST / 60 + 1) * 60
                        + " for this time: an answer has at most " + MOST + " points");
            }
            List<HistoryRecord> records = HistoryStore.read(redis, first.keys()).values().stream()
                    .map(HistoryRecord::decode).filter(Objects::nonNull)
                    .filter(one -> !one.at().isBefore(from) && !one.at().isAfter(to)).toList();
            return new History(from, to, step, HistoryPoint.between(records, step));
        });
    }
}
