package framebuffer.orchestrator.pipeline;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The pump's state, as it was at most a tenth of a second ago.
 *
 * @param waiting
 *            frames in the window
 * @param bytes
 *            how large they are together
 * @param oldestAge
 *            since the capture of the oldest of them; zero when none waits
 * @param outstanding
 *            processor id → frames it has outstanding, as far as the router knows
 * @param shortage
 *            capability → frames that wait for want of it; {@code ""}: for any processor
 * @param missing
 *            capabilities that frames wait for and nobody offers who may be sent frames; {@code ""}: any processor
 */
public record PumpView(int waiting, long bytes, Duration oldestAge, Map<String, Integer> outstanding,
        Map<String, Integer> shortage, Set<String> missing) {
    public static final PumpView EMPTY = new PumpView(0, 0, Duration.ZERO, Map.of(), Map.of(), Set.of());

    /** Those of several pumps together. */
    public static PumpView sum(Collection<PumpView> each) {
        if (each.size() == 1) {
            return each.iterator().next();
        }
        Map<String, Integer> outstanding = new HashMap<>();
        Map<String, Integer> shortage = new HashMap<>();
        Set<String> missing = new HashSet<>();
        PumpView sum = EMPTY;
        for (PumpView one : each) {
            one.outstanding.forEach((processor, frames) -> outstanding.merge(processor, frames, Integer::sum));
            one.shortage.forEach((capability, frames) -> shortage.merge(capability, frames, Integer::sum));
            missing.addAll(one.missing);
            sum = new PumpView(sum.waiting + one.waiting, sum.bytes + one.bytes,
                    sum.oldestAge.compareTo(one.oldestAge) > 0 ? sum.oldestAge : one.oldestAge, outstanding, shortage,
                    missing);
        }
        return sum;
    }

    public PumpView {
        outstanding = Map.copyOf(outstanding);
        shortage = Map.copyOf(shortage);
        missing = Set.copyOf(missing);
    }
}
