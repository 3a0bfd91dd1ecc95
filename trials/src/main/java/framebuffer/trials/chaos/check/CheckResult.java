package framebuffer.trials.chaos.check;

import java.util.List;
import java.util.Map;

/**
 * Whether a run kept what is promised.
 *
 * @param tally
 *            of frames sent and told
 * @param ends
 *            how frames ended
 * @param counts
 *            of all offences, by kind
 * @param offences
 *            the first of them
 * @param problems
 *            what is wrong with the run as a whole, in words
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
     * @param done
     *            with a result
     * @param dead
     *            given up on
     * @param shed
     *            not worth sending any more
     * @param forgotten
     *            not as they must, and Redis may have forgotten them
     * @param again
     *            with two results, one of them by a processor that answers whether or not the frame is still its own
     */
    public record EndCounts(int done, int dead, int shed, int forgotten, int again) {
    }

    /** Whether nothing is wrong. */
    public boolean passed() {
        return counts.isEmpty() && problems.isEmpty();
    }
}
