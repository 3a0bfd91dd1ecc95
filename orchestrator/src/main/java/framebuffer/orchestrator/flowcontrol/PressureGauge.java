package framebuffer.orchestrator.flowcontrol;

import framebuffer.wire.control.PressureLevel;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The pressure on a processor.
 *
 * @param utilization smoothed, from 0 to 1
 * @param at the last check
 * @param waitingSince since when frames have waited for it continuously; null: none waits
 * @param calmSince since when it has been below the margin of its level; null: it is not
 */
record PressureGauge(PressureLevel level, double utilization, Instant at, @Nullable Instant waitingSince,
        @Nullable Instant calmSince) {

    /** A gauge with only a level, as another instance published it. */
    static PressureGauge at(PressureLevel level, Instant now) {
        return new PressureGauge(level, PressurePolicy.entered(level), now, null, null);
    }
}
