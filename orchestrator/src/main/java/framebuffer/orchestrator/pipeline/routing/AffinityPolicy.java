package framebuffer.orchestrator.pipeline.routing;

import framebuffer.wire.CameraNeed;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a camera with its processor. A new camera is placed with the processor that has the fewest; it is moved, in the same way, only
 * when its own is not among those that may be sent frames, or has no room while another has.
 */
final class AffinityPolicy {
    private AffinityPolicy() {
    }

    /** Where a camera's frame goes. */
    sealed interface AffinityDecision {

        /** It goes there. */
        record SendTo(ProcessorSlot slot) implements AffinityDecision {
        }

        /** Its camera is to be placed there first; the frame waits until that is agreed. */
        record AssignFirst(ProcessorSlot slot) implements AffinityDecision {
        }

        /** Nobody has room. */
        record NoRoom() implements AffinityDecision {
        }
    }

    /**
     * Decides.
     *
     * @param offering
     *            those that offer the capability, in an order that all instances share
     */
    static AffinityDecision decide(CameraNeed need, List<ProcessorSlot> offering, TentativeAssignments tentative) {
        String processor = tentative.processor(need);
        ProcessorSlot own = withRoom(offering, processor);
        if (own != null) {
            return tentative.open(need) ? new AffinityDecision.AssignFirst(own) : new AffinityDecision.SendTo(own);
        }
        boolean remembered = processor != null || !tentative.full();
        ProcessorSlot best = null;
        for (ProcessorSlot slot : offering) {
            if (slot.room() > 0 && (best == null || (remembered
                    ? cameras(tentative, slot, need) < cameras(tentative, best, need)
                    : weight(need, slot) > weight(need, best)))) {
                best = slot;
            }
        }
        if (best == null) {
            return new AffinityDecision.NoRoom();
        }
        return remembered ? new AffinityDecision.AssignFirst(best) : new AffinityDecision.SendTo(best);
    }

    private static @Nullable ProcessorSlot withRoom(List<ProcessorSlot> offering, @Nullable String processor) {
        if (processor != null) {
            for (ProcessorSlot slot : offering) {
                if (slot.registration().id().equals(processor)) {
                    return slot.room() > 0 ? slot : null;
                }
            }
        }
        return null;
    }

    private static int cameras(TentativeAssignments tentative, ProcessorSlot slot, CameraNeed need) {
        return tentative.cameras(slot.registration().id(), need.capability());
    }

    /** By this, all instances choose the same for a camera that none remembers, and most stay when a processor comes or goes. */
    private static int weight(CameraNeed need, ProcessorSlot slot) {
        int mixed = 31 * need.encode().hashCode() + slot.registration().id().hashCode();
        mixed = (mixed ^ (mixed >>> 16)) * 0x7feb352d;
        mixed = (mixed ^ (mixed >>> 15)) * 0x846ca68b;
        return mixed ^ (mixed >>> 16);
    }
}
