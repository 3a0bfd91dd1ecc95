package framebuffer.redis.cluster;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redis's time, continued by a monotonic clock between two readings (docs/adr/0016-clocks.md). The machine's clock is used only at the
 * start. Waits for a time of this clock must restart when Redis's clock was set. Thread-safe.
 */
public final class ServiceClock implements InstantSource {
    /** Redis's clock drifts from ours; ours follows when the difference exceeds this. */
    private static final Duration SLACK = Duration.ofMillis(250);
    /** A larger difference means that Redis's clock was set. */
    private static final Duration SET = Duration.ofSeconds(2);
    /** Nothing is too old for this long after Redis's clock was set, so that an operator can correct a wrong clock. */
    private static final Duration DOUBT = Duration.ofHours(1);
    private static final Logger log = LoggerFactory.getLogger(ServiceClock.class);

    private final InstantSource steady;
    private Duration offset = Duration.ZERO;
    private Instant setAt = Instant.EPOCH;
    private boolean toldBefore;
    private volatile long times;

    /**
     * @param steady a monotonic clock
     */
    public ServiceClock(InstantSource steady) {
        this.steady = steady;
    }

    /** Starts from the machine's clock until Redis is read. */
    public static ServiceClock startingAt(Instant now) {
        long began = System.nanoTime();
        return new ServiceClock(() -> now.plusNanos(System.nanoTime() - began));
    }

    @Override
    public synchronized Instant instant() {
        return steady.instant().plus(offset);
    }

    /** For a user that stores times of this clock and must know that Redis's clock was set. For one thread. */
    public Follower follower() {
        return new Follower();
    }

    /** A user that stores times. */
    public final class Follower {
        private long seen = times;

        private Follower() {
        }

        /** The time. */
        public Instant instant() {
            return ServiceClock.this.instant();
        }

        /** Whether Redis's clock was set since the last call; includes the time of a preceding {@link #instant}. */
        public boolean wasSet() {
            long now = times;
            boolean set = now != seen;
            seen = now;
            return set;
        }
    }

    /** Whether a change of Redis's clock was seen within this time. */
    public synchronized boolean wasSetWithin(Duration time) {
        return setAt.plus(time).isAfter(steady.instant());
    }

    /**
     * The moment before which something is older than this age. Empty: nothing is, because Redis's clock has not been read yet, or was set
     * within the last hour. As long as a change of Redis's clock is not seen, the answer is by the clock before the change.
     */
    public synchronized Optional<Instant> cutoff(Duration age) {
        return toldBefore && !wasSetWithin(DOUBT) ? Optional.of(instant().minus(age)) : Optional.empty();
    }

    /** Reads Redis's clock and follows it. A slow answer may be as old as its request. */
    public Instant ask(Supplier<Instant> redis) {
        Instant asked = instant();
        Instant answer = redis.get();
        told(answer, asked);
        return answer;
    }

    private synchronized void told(Instant answer, Instant asked) {
        Instant now = instant();
        Duration off = answer.isBefore(asked)
                ? Duration.between(asked, answer)
                : answer.isAfter(now) ? Duration.between(now, answer) : Duration.ZERO;
        boolean first = !toldBefore;
        toldBefore = true;
        if (off.abs().compareTo(SET) > 0) {
            times++;
        }
        if (off.abs().compareTo(SET) > 0 && !first) {
            setAt = steady.instant();
            log.warn("Redis's clock was set {} by {} s; reading all pending frames again",
                    off.isNegative() ? "back" : "forward", off.abs().toSeconds());
        }
        if (off.abs().compareTo(SLACK) > 0) {
            offset = offset.plus(off);
        }
    }

    /** Whether a periodic task is due again. */
    public static final class Interval {
        private Interval() {
        }

        /** Whether this time has passed; also true after the clock was set back, otherwise the task would wait for that time too. */
        public static boolean isOver(Instant last, Duration every, Instant now) {
            return !last.plus(every).isAfter(now) || last.isAfter(now);
        }
    }
}
