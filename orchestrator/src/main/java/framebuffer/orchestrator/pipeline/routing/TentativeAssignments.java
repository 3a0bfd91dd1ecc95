package framebuffer.orchestrator.pipeline.routing;

import framebuffer.wire.CameraNeed;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is assigned, and what is wished to be assigned on top of it, by the decisions made so far in one turn. For one thread. */
final class TentativeAssignments {
    private final CameraAssignments known;
    private final int most;
    private final Map<CameraNeed, String> wishes = new LinkedHashMap<>();
    private final Map<CameraAssignments.AssignedLoad, Integer> shifts = new HashMap<>();
    private int added;

    /**
     * @param most
     *            how many may be assigned
     */
    TentativeAssignments(CameraAssignments known, int most) {
        this.known = known;
        this.most = most;
    }

    /** Whose it is, or will be if the wish is granted; null: nobody's. */
    @Nullable
    String processor(CameraNeed need) {
        String wished = wishes.get(need);
        return wished == null ? known.processor(need) : wished;
    }

    /** Whether it has yet to be agreed who gets it. */
    boolean open(CameraNeed need) {
        return wishes.containsKey(need);
    }

    /** Whether no more may be assigned than are. */
    boolean full() {
        return known.size() + added >= most;
    }

    /** How many cameras a processor has for a capability, if all wishes are granted. */
    int cameras(String processor, String capability) {
        return known.cameras(processor, capability)
                + shifts.getOrDefault(new CameraAssignments.AssignedLoad(processor, capability), 0);
    }

    /** It is to be this processor's. */
    void wish(CameraNeed need, String processor) {
        String before = processor(need);
        if (before == null) {
            added++;
        } else {
            shift(before, need.capability(), -1);
        }
        shift(processor, need.capability(), 1);
        wishes.put(need, processor);
    }

    private void shift(String processor, String capability, int by) {
        shifts.merge(new CameraAssignments.AssignedLoad(processor, capability), by, Integer::sum);
    }

    /** All wishes, in the order in which they came up. */
    Map<CameraNeed, String> wishes() {
        return wishes;
    }
}
