package framebuffer.redis;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A condition that lasts: logged when it begins, with its first cause, and when it ends, with how long it lasted and how often it was
 * met. A new cause is told too, at most once a minute. Several may be affected: it ends when none is any more.
 *
 * <p>
 * It has ended when it was not met for some time, so that one that comes and goes is not logged each time: one that begins again within
 * a minute must stay away for 10 s. The end is noticed by whoever says next that all is well.
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
     * One that affects one, and ends at once.
     *
     * @param who
     *            whom it affects: the beginning of each line
     */
    public LastingFault(Logger log, String who) {
        this(log, who, Duration.ZERO, System::nanoTime);
    }

    /**
     * @param calm
     *            how long it must not have been met to have ended
     * @param nanos
     *            a clock that nobody sets
     */
    public LastingFault(Logger log, String who, Duration calm, LongSupplier nanos) {
        this.log = log;
        this.who = who;
        this.shortestCalm = calm;
        this.calm = calm;
        this.nanos = nanos;
    }

    /** There is trouble. */
    public void is(String why) {
        is(this, why);
    }

    /**
     * There is trouble.
     *
     * @param one
     *            whom it affects
     */
    public void is(Object one, String why) {
        is(one, why, null);
    }

    /** There is trouble that is a fault of ours: its stack trace is told too. */
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

    /** All is well. */
    public void over(String how) {
        over(this, how);
    }

    /** All is well with one. Costs next to nothing while there is no trouble. */
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

    /** One is no more: it says neither that there is trouble nor that all is well. */
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
