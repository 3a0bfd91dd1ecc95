package framebuffer.orchestrator.pipeline.routing;

import framebuffer.wire.control.Registration;
import java.util.Collection;
import java.util.List;

/** How full the processors among which is chosen were, at one moment. */
public final class ProcessorLoads {
    /** Nobody was there. */
    public static final ProcessorLoads NONE = new ProcessorLoads(List.of(), new int[0]);

    private final List<Registration> processors;
    private final int[] outstanding;

    private ProcessorLoads(List<Registration> processors, int[] outstanding) {
        this.processors = processors;
        this.outstanding = outstanding;
    }

    /**
     * As they are now.
     *
     * @param processors
     *            those that the slots are of, in the same order; the same list as long as they are the same
     */
    public static ProcessorLoads of(List<Registration> processors, Collection<ProcessorSlot> slots) {
        return new ProcessorLoads(processors,
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
