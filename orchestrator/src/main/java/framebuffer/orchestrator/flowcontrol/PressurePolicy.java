package framebuffer.orchestrator.flowcontrol;

import framebuffer.wire.control.PressureLevel;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The level of a processor, from looks at its load (contract §4).
 *
 * <p>
 * Utilization is smoothed exponentially, so that neither a burst nor the moment between two frames counts. A level is reached at
 * once, and left step by step: a margin below where it is reached, and not before that has lasted for a while.
 */
final class PressurePolicy {
    /** After this time a change counts for 63 %. Three of these pass until one that was idle is seen as full. */
    static final Duration SMOOTHING = Duration.ofMillis(100);
    /** So long frames must wait without a break. */
    static final Duration WAITING = Duration.ofMillis(250);
    /** So long it must be calm for each step down. */
    static final Duration CALM = Duration.ofSeconds(1);
    /** So far below where a level is reached it is left. */
    static final double MARGIN = 0.1;

    private PressurePolicy() {
    }

    /** Above this utilization a level is reached. */
    static double entered(PressureLevel level) {
        return switch (level) {
            case NORMAL -> 0;
            case MODERATE -> 0.6;
            case HIGH -> 0.8;
            case CRITICAL -> 0.95;
        };
    }

    /** What is known after another look. */
    public static PressureGauge next(PressureGauge before, ProcessorLoad load, Instant now) {
        double passed = Math.max(0, Duration.between(before.at(), now).toNanos()) / (double) SMOOTHING.toNanos();
        double utilization = before.utilization()
                + (1 - Math.exp(-passed)) * (load.utilization() - before.utilization());
        Instant waitingSince = load.waiting() == 0 ? null : earlier(before.waitingSince(), now);
        PressureLevel reached = reached(utilization, waitingSince, now);
        if (reached.compareTo(before.level()) >= 0) {
            return new PressureGauge(reached, utilization, now, waitingSince, null);
        }
        boolean calm = utilization <= entered(before.level()) - MARGIN
                || (before.level() == PressureLevel.CRITICAL && waitingSince == null);
        Instant calmSince = calm ? earlier(before.calmSince(), now) : null;
        return calmSince == null || calmSince.plus(CALM).isAfter(now)
                ? new PressureGauge(before.level(), utilization, now, waitingSince, calmSince)
                : new PressureGauge(before.level().below(), utilization, now, waitingSince, null);
    }

    private static PressureLevel reached(double utilization, @Nullable Instant waitingSince, Instant now) {
        boolean waits = waitingSince != null && !waitingSince.plus(WAITING).isAfter(now);
        for (PressureLevel level = PressureLevel.CRITICAL; level != PressureLevel.NORMAL; level = level.below()) {
            if (utilization > entered(level) && (waits || level != PressureLevel.CRITICAL)) {
                return level;
            }
        }
        return PressureLevel.NORMAL;
    }

    /** A clock that was set back begins anew, or nothing would have lasted long enough before it has caught up. */
    private static Instant earlier(@Nullable Instant since, Instant now) {
        return since == null || since.isAfter(now) ? now : since;
    }
}
