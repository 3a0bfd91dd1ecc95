package framebuffer.orchestrator.pipeline.routing;

import framebuffer.wire.CameraNeed;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The agreed assignments together with those that the decisions of one turn propose. For one thread. */
final class TentativeAssignments {
    private final CameraAssignments known;
    private final int most;
    private final Map<CameraNeed, String> wishes = new LinkedHashMap<>();
    private final Map<CameraAssignments.AssignedLoad, Integer> shifts = new HashMap<>();
    private int added;

    /**
     * @param most most assignments
     */
    TentativeAssignments(CameraAssignments known, int most) {
        this.known = known;
        this.most = most;
    }

    /** The agreed or proposed processor of this camera; null: none. */
    @Nullable
    String processor(CameraNeed need) {
        String wished = wishes.get(need);
        return wished == null ? known.processor(need) : wished;
    }

    /** Whether the assignment is only proposed. */
    boolean open(CameraNeed need) {
        return wishes.containsKey(need);
    }

    /** Whether the table is full. */
    boolean full() {
        return known.size() + added >= most;
    }

    /** Cameras that a processor has for a capability, proposals included. */
    int cameras(String processor, String capability) {
        return known.cameras(processor, capability)
                + shifts.getOrDefault(new CameraAssignments.AssignedLoad(processor, capability), 0);
    }

    /** Proposes a processor. */
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

    /** All proposals, in order. */
    Map<CameraNeed, String> wishes() {
        return wishes;
    }
}
