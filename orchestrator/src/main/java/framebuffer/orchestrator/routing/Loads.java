package framebuffer.orchestrator.routing;

import framebuffer.wire.processor.Registration;
import java.util.Collection;
import java.util.List;

/** How full the processors among which is chosen were, at one moment. */
public final class Loads {
    /** Nobody was there. */
    public static final Loads NONE = new Loads(List.of(), new int[0]);

    private final List<Registration> processors;
    private final int[] outstanding;

    private Loads(List<Registration> processors, int[] outstanding) {
        this.processors = processors;
        this.outstanding = outstanding;
    }

    /**
     * As they are now.
     *
     * @param processors
     *            those that the slots are of, in the same order; the same list as long as they are the same
     */
    public static Loads of(List<Registration> processors, Collection<Slot> slots) {
        return new Loads(processors,
                slots.stream().mapToInt(slot -> slot.closed() ? -1 : slot.outstanding()).toArray());
    }

    public List<Registration> processors() {
        return processors;
    }

    /** Of the processor at this place: how many frames it has outstanding; -1: it has no queue. */
    public int outstanding(int place) {
        return outstanding[place];
    }
}
