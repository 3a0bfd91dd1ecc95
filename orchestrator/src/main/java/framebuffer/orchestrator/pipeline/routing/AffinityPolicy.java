package framebuffer.orchestrator.pipeline.routing;

import framebuffer.wire.CameraNeed;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps each camera with its processor. A new camera goes to the processor with the fewest cameras. A camera moves, by the same rule, only
 * when its processor is not available, or is full while another has room.
 */
final class AffinityPolicy {
    private AffinityPolicy() {
    }

    /** Where a frame goes by the affinity of its camera. */
    sealed interface AffinityDecision {

        /** The frame goes to this processor. */
        record SendTo(ProcessorSlot slot) implements AffinityDecision {
        }

        /** The camera is first assigned to this processor; the frame waits until all instances agree. */
        record AssignFirst(ProcessorSlot slot) implements AffinityDecision {
        }

        /** No processor has room. */
        record NoRoom() implements AffinityDecision {
        }
    }

    /**
     * Decides.
     *
     * @param offering processors with the capability, in an order that all instances share
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

    /** Rendezvous weight: all instances choose the same processor for a new camera, and few cameras move when a processor comes or goes. */
    private static int weight(CameraNeed need, ProcessorSlot slot) {
        int mixed = 31 * need.encode().hashCode() + slot.registration().id().hashCode();
        mixed = (mixed ^ (mixed >>> 16)) * 0x7feb352d;
        mixed = (mixed ^ (mixed >>> 15)) * 0x846ca68b;
        return mixed ^ (mixed >>> 16);
    }
}
