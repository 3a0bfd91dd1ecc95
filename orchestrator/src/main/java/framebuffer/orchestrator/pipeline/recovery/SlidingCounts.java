package framebuffer.orchestrator.pipeline.recovery;

import java.time.Duration;
import java.time.Instant;

/** Counts outcomes of one capability over the last minute, in steps of 5 s. For one thread. */
final class SlidingCounts {
    static final Duration STEP = Duration.ofSeconds(5);
    private static final int STEPS = 12;

    private final long[] verdicts = new long[STEPS];
    private final long[] begun = new long[STEPS];
    private long step = Long.MIN_VALUE;
    /** Steps by which the clock was set back. */
    private long ahead;
    private long allVerdicts;
    private long allBegun;

    void verdict(Instant now) {
        verdicts[at(now)]++;
        allVerdicts++;
    }

    void begun(Instant now) {
        begun[at(now)]++;
        allBegun++;
    }

    MinuteCounts lastMinute(Instant now) {
        at(now);
        return new MinuteCounts(allVerdicts, allBegun);
    }

    /** The current step. After the clock is set back, counting continues from the last step, and no count is lost. */
    private int at(Instant now) {
        long current = Math.floorDiv(now.getEpochSecond(), STEP.toSeconds());
        if (step != Long.MIN_VALUE && current + ahead < step - STEPS) {
            ahead = step - current;
        }
        current += ahead;
        if (step == Long.MIN_VALUE || current - step > STEPS) {
            step = Math.max(step, current - STEPS);
        }
        while (step < current) {
            step++;
            int next = (int) Math.floorMod(step, (long) STEPS);
            allVerdicts -= verdicts[next];
            allBegun -= begun[next];
            verdicts[next] = 0;
            begun[next] = 0;
        }
        return (int) Math.floorMod(step, (long) STEPS);
    }
}
