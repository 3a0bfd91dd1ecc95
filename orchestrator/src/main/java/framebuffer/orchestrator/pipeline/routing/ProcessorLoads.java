package framebuffer.orchestrator.pipeline.routing;

import framebuffer.wire.control.Registration;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;

/** How full the processors among which is chosen were, at one moment. */
public final class ProcessorLoads {
    /** Nobody was there. */
    public static final ProcessorLoads NONE = new ProcessorLoads(List.of(), new int[0]);

    private static final int CLOSED = -1;

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
                slots.stream().mapToInt(slot -> slot.closed() ? CLOSED : slot.outstanding()).toArray());
    }

    public List<Registration> processors() {
        return processors;
    }

    /** Frames outstanding at the processor at this place; empty: the processor has no queue. */
    public OptionalInt outstanding(int place) {
        return outstanding[place] == CLOSED ? OptionalInt.empty() : OptionalInt.of(outstanding[place]);
    }
}
