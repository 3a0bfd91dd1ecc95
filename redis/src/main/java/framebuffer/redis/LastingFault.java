package framebuffer.redis;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A lasting fault. It is logged when it begins, with its first cause, and when it ends, with its duration and number of occurrences. A new
 * cause is logged at most once a minute. A fault that affects several parties ends when it affects none.
 *
 * <p>
 * A fault ends after some time without an occurrence, so that an intermittent fault is not logged each time: a fault that returns within a
 * minute ends only after 10 s. The next success report detects the end.
 */
public final class LastingFault {
    private static final Duration AGAIN_WITHIN = Duration.ofMinutes(1);
    private static final Duration CALM_AFTER_RELAPSE = Duration.ofSeconds(10);
    private static final Duration NEW_CAUSE_EVERY = Duration.ofMinutes(1);

    private final Logger log;
    private final String who;
    private final Duration shortestCalm;
    private final LongSupplier nanos;
    private final Set<Object> affected = new HashSet<>();
    private volatile boolean lasts;
    private Duration calm;
    private String cause = "";
    private long times;
    private long began;
    private long met;
    private long told;
    private long ended;
    private boolean endedBefore;

    /**
     * A fault with one affected party, which ends at the first success.
     *
     * @param who the affected party, at the beginning of each line
     */
    public LastingFault(Logger log, String who) {
        this(log, who, Duration.ZERO, System::nanoTime);
    }

    /**
     * @param calm time without an occurrence after which the fault ends
     * @param nanos a monotonic clock
     */
    public LastingFault(Logger log, String who, Duration calm, LongSupplier nanos) {
        this.log = log;
        this.who = who;
        this.shortestCalm = calm;
        this.calm = calm;
        this.nanos = nanos;
    }

    /** Reports an occurrence. */
    public void is(String why) {
        is(this, why);
    }

    /**
     * Reports an occurrence.
     *
     * @param one the affected party
     */
    public void is(Object one, String why) {
        is(one, why, null);
    }

    /** Reports a fault in our own code, with its stack trace. */
    public void isFault(Throwable fault) {
        is(this, "failed and starts over: " + fault, fault);
    }

    private synchronized void is(Object one, String why, @Nullable Throwable fault) {
        long now = nanos.getAsLong();
        affected.add(one);
        met = now;
        times++;
        if (!lasts) {
            calm = endedBefore && now - ended < AGAIN_WITHIN.toNanos() && calm.compareTo(CALM_AFTER_RELAPSE) < 0
                    ? CALM_AFTER_RELAPSE
                    : shortestCalm;
            began = now;
            times = 1;
            lasts = true;
            report(why, fault, now);
        } else if (!why.equals(cause) && now - told >= NEW_CAUSE_EVERY.toNanos()) {
            report(why, fault, now);
        }
    }

    private void report(String why, @Nullable Throwable fault, long now) {
        cause = why;
        told = now;
        if (fault == null) {
            log.warn("{}: {}", who, why);
        } else {
            log.error("{}: {}", who, why, fault);
        }
    }

    /** Reports a success. */
    public void over(String how) {
        over(this, how);
    }

    /** Reports a success of one party. Costs almost nothing while there is no fault. */
    public void over(Object one, String how) {
        if (lasts) {
            end(one, how);
        }
    }

    private synchronized void end(Object one, String how) {
        long now = nanos.getAsLong();
        affected.remove(one);
        if (lasts && affected.isEmpty() && now - met >= calm.toNanos()) {
            ended(now);
            if (times == 1) {
                log.info("{}: {}", who, how);
            } else {
                log.info("{}: {}, after {} s, met {} times", who, how, Duration.ofNanos(met - began).toSeconds(),
                        times);
            }
        }
    }

    /** Removes a party that will report nothing more. */
    public synchronized void leaves(Object one) {
        affected.remove(one);
        if (lasts && affected.isEmpty()) {
            ended(nanos.getAsLong());
        }
    }

    private void ended(long now) {
        lasts = false;
        ended = now;
        endedBefore = true;
    }
}
