package framebuffer.app.chaos.check;

import java.util.List;
import java.util.Map;

/**
 * Whether a run kept what is promised.
 *
 * @param tally
 *            of frames sent and told
 * @param done
 *            frames with a result
 * @param dead
 *            frames given up on
 * @param shed
 *            frames shed
 * @param forgotten
 *            frames that did not end as they must, and which Redis may have forgotten
 * @param counts
 *            of all offences, by kind
 * @param offences
 *            the first of them
 * @param problems
 *            what is wrong with the run as a whole, in words
 */
public record Verdict(FrameLog.Tally tally, int done, int dead, int shed, int forgotten,
        Map<Offence.Kind, Integer> counts, List<Offence> offences, List<String> problems) {
    public Verdict {
        counts = Map.copyOf(counts);
        offences = List.copyOf(offences);
        problems = List.copyOf(problems);
    }

    /** Whether nothing is wrong. */
    public boolean passed() {
        return counts.isEmpty() && problems.isEmpty();
    }
}
