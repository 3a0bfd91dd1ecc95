package framebuffer.orchestrator.observability.results;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.cluster.ServiceClock;
import framebuffer.redis.frames.ResultTrim;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.time.Instant;

/** Removes results that are too old or too many from the stream of one partition. All instances run it; the order does not matter. */
public final class ResultMaintenance implements RedisLoop.Work {
    private static final Duration REST = Duration.ofSeconds(1);
    private static final Duration REST_IF_NONE_ARE_KEPT = Duration.ofMillis(100);

    private final ResultTrim trim;
    private final ResultRetention retention;
    private final ServiceClock clock;
    private boolean busy;

    /**
     * How many results are kept, and how long.
     *
     * @param age how long a result is kept; zero: none is kept
     * @param most results of a partition that are kept
     */
    public record ResultRetention(Duration age, int most) {
        public static final ResultRetention DEFAULT = new ResultRetention(Duration.ofHours(24), 100_000);
    }

    public ResultMaintenance(Keys keys, ResultRetention retention, ServiceClock clock) {
        this.trim = new ResultTrim(keys);
        this.retention = retention;
        this.clock = clock;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        boolean none = retention.age().isZero();
        boolean more = trim.toNumber(redis, none ? 0 : retention.most());
        Instant oldest = none ? null : clock.cutoff(retention.age()).orElse(null);
        if (oldest != null) {
            more |= trim.toAge(redis, oldest);
        }
        busy = more;
    }

    @Override
    public Duration rest() {
        if (busy) {
            return Duration.ZERO;
        }
        return retention.age().isZero() ? REST_IF_NONE_ARE_KEPT : REST;
    }
}
