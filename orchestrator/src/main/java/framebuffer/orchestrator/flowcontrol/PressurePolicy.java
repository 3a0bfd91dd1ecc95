package framebuffer.orchestrator.flowcontrol;

import framebuffer.wire.control.PressureLevel;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Decides the level of a processor from checks of its load (docs/adr/0005-flow-control.md).
 *
 * <p>
 * Utilization is smoothed exponentially, so that neither a burst nor the gap between two frames counts. A level rises at once. It falls one
 * step at a time, when utilization has stayed a margin below the level for a while.
 */
final class PressurePolicy {
    /** Time after which a change counts for 63 %. An idle processor is seen as full after about three of these. */
    static final Duration SMOOTHING = Duration.ofMillis(100);
    /** How long frames must wait continuously. */
    static final Duration WAITING = Duration.ofMillis(250);
    /** How long utilization must stay low for each step down. */
    static final Duration CALM = Duration.ofSeconds(1);
    /** How far utilization must fall below a level to leave it. */
    static final double MARGIN = 0.1;

    private PressurePolicy() {
    }

    /** Utilization above which a level is reached. */
    static double entered(PressureLevel level) {
        return switch (level) {
            case NORMAL -> 0;
            case MODERATE -> 0.6;
            case HIGH -> 0.8;
            case CRITICAL -> 0.95;
        };
    }

    /** The gauge after another check. */
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

    /** Restarts a period when the clock was set back; otherwise it would not count until the clock has caught up. */
    private static Instant earlier(@Nullable Instant since, Instant now) {
        return since == null || since.isAfter(now) ? now : since;
    }
}
