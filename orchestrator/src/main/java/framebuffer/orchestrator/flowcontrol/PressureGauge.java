package framebuffer.orchestrator.flowcontrol;

import framebuffer.wire.control.PressureLevel;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the pressure on a processor.
 *
 * @param level
 *            its level
 * @param utilization
 *            smoothed, from 0 to 1
 * @param at
 *            when it was last looked at
 * @param waitingSince
 *            since when frames have waited for it without a break; null: none waits
 * @param calmSince
 *            since when it has been calm enough for the level below; null: it is not
 */
record PressureGauge(PressureLevel level, double utilization, Instant at, @Nullable Instant waitingSince,
        @Nullable Instant calmSince) {

    /** Nothing is known but the level that somebody else had found. */
    static PressureGauge at(PressureLevel level, Instant now) {
        return new PressureGauge(level, PressurePolicy.entered(level), now, null, null);
    }
}
