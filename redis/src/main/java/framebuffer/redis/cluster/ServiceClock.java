package framebuffer.redis.cluster;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redis's time, carried on between two answers of Redis by a clock that nobody can set (docs/adr/0016-clocks.md). The machine's clock is
 * asked for nothing but the time of the start. What waits for a moment of this clock begins again when Redis's clock was set. For any
 * thread.
 */
public final class ServiceClock implements InstantSource {
    /** Redis's clock runs a little faster or slower than ours; so far it may go until ours follows. */
    private static final Duration SLACK = Duration.ofMillis(250);
    /** What differs by more was set. */
    private static final Duration SET = Duration.ofSeconds(2);
    private static final Logger log = LoggerFactory.getLogger(ServiceClock.class);

    private final InstantSource steady;
    private Duration offset = Duration.ZERO;
    private Instant setAt = Instant.EPOCH;
    private boolean toldBefore;
    private volatile long times;

    /**
     * @param steady
     *            never goes back nor jumps
     */
    public ServiceClock(InstantSource steady) {
        this.steady = steady;
    }

    /** One that is right until Redis is asked, if the machine's clock is right now. */
    public static ServiceClock startingAt(Instant now) {
        long began = System.nanoTime();
        return new ServiceClock(() -> now.plusNanos(System.nanoTime() - began));
    }

    @Override
    public synchronized Instant instant() {
        return steady.instant().plus(offset);
    }

    /** For who keeps moments of this clock, and must hear that Redis's was set. For one thread. */
    public Follower follower() {
        return new Follower();
    }

    /** One that keeps moments. */
    public final class Follower {
        private long seen = times;

        private Follower() {
        }

        /** The time. */
        public Instant instant() {
            return ServiceClock.this.instant();
        }

        /** Whether Redis's clock was set since this was last asked; asked after {@link #instant}, it says so of that moment too. */
        public boolean wasSet() {
            long now = times;
            boolean set = now != seen;
            seen = now;
            return set;
        }
    }

    /** Whether Redis's clock was set no longer ago than this, as far as we have seen. */
    public synchronized boolean wasSetWithin(Duration time) {
        return setAt.plus(time).isAfter(steady.instant());
    }

    /** Asks Redis, and goes by its answer from now on. An answer that took long may be as old as the question. */
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

    /** Tells whether a periodic task is due again. */
    public static final class Interval {
        private Interval() {
        }

        /** Whether so much time has passed; true also after the clock was set back, for else the task would not be due for as long. */
        public static boolean isOver(Instant last, Duration every, Instant now) {
            return !last.plus(every).isAfter(now) || last.isAfter(now);
        }
    }
}
