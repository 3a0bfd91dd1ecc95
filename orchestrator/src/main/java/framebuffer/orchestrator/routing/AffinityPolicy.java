package framebuffer.orchestrator.routing;

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
    sealed interface Outcome {

        /** It goes there. */
        record Goes(Slot slot) implements Outcome {
        }

        /** Its camera is to be placed there first; the frame waits until that is agreed. */
        record Place(Slot slot) implements Outcome {
        }

        /** Nobody has room. */
        record Full() implements Outcome {
        }
    }

    /**
     * Decides.
     *
     * @param offering
     *            those that offer the capability, in an order that all instances share
     */
    static Outcome decide(CameraNeed need, List<Slot> offering, Draft draft) {
        String processor = draft.processor(need);
        Slot own = withRoom(offering, processor);
        if (own != null) {
            return draft.open(need) ? new Outcome.Place(own) : new Outcome.Goes(own);
        }
        boolean remembered = processor != null || !draft.full();
        Slot best = null;
        for (Slot slot : offering) {
            if (slot.room() > 0 && (best == null || (remembered
                    ? cameras(draft, slot, need) < cameras(draft, best, need)
                    : weight(need, slot) > weight(need, best)))) {
                best = slot;
            }
        }
        if (best == null) {
            return new Outcome.Full();
        }
        return remembered ? new Outcome.Place(best) : new Outcome.Goes(best);
    }

    private static @Nullable Slot withRoom(List<Slot> offering, @Nullable String processor) {
        if (processor != null) {
            for (Slot slot : offering) {
                if (slot.registration().id().equals(processor)) {
                    return slot.room() > 0 ? slot : null;
                }
            }
        }
        return null;
    }

    private static int cameras(Draft draft, Slot slot, CameraNeed need) {
        return draft.cameras(slot.registration().id(), need.capability());
    }

    /** By this, all instances choose the same for a camera that none remembers, and most stay when a processor comes or goes. */
    private static int weight(CameraNeed need, Slot slot) {
        int mixed = 31 * need.encode().hashCode() + slot.registration().id().hashCode();
        mixed = (mixed ^ (mixed >>> 16)) * 0x7feb352d;
        mixed = (mixed ^ (mixed >>> 15)) * 0x846ca68b;
        return mixed ^ (mixed >>> 16);
    }
}
