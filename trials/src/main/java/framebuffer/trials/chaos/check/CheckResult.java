package framebuffer.trials.chaos.check;

import java.util.List;
import java.util.Map;

/**
 * The verdict on a run.
 *
 * @param tally counts of frames sent and confirmed
 * @param ends how frames ended
 * @param counts number of violations, by kind
 * @param offences the first violations
 * @param problems faults of the run as a whole, as text
 */
public record CheckResult(FrameLog.LogCounts tally, EndCounts ends, Map<Violation.ViolationType, Integer> counts,
        List<Violation> offences,
        List<String> problems) {
    public CheckResult {
        counts = Map.copyOf(counts);
        offences = List.copyOf(offences);
        problems = List.copyOf(problems);
    }

    /**
     * How frames ended.
     *
     * @param done frames with a result
     * @param dead dead letters
     * @param shed shed frames
     * @param forgotten frames with a wrong end that Redis may have lost
     * @param again frames with two ends, one of them a result from a foreign processor
     */
    public record EndCounts(int done, int dead, int shed, int forgotten, int again) {
    }

    /** Whether there is no fault. */
    public boolean passed() {
        return counts.isEmpty() && problems.isEmpty();
    }
}
