package framebuffer.orchestrator.pipeline.routing;

import framebuffer.wire.control.Registration;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;

/** Load of the available processors at one moment. */
public final class ProcessorLoads {
    /** No processors. */
    public static final ProcessorLoads NONE = new ProcessorLoads(List.of(), new int[0]);

    private static final int CLOSED = -1;

    private final List<Registration> processors;
    private final int[] outstanding;

    private ProcessorLoads(List<Registration> processors, int[] outstanding) {
        this.processors = processors;
        this.outstanding = outstanding;
    }

    /**
     * The current load.
     *
     * @param processors the processors of the slots, in the same order; the same list while they are the same
     */
    public static ProcessorLoads of(List<Registration> processors, Collection<ProcessorSlot> slots) {
        return new ProcessorLoads(processors,
                slots.stream().mapToInt(slot -> slot.closed() ? CLOSED : slot.outstanding()).toArray());
    }

    public List<Registration> processors() {
        return processors;
    }

    /** Outstanding frames of the processor at this index; empty: it has no queue. */
    public OptionalInt outstanding(int place) {
        return outstanding[place] == CLOSED ? OptionalInt.empty() : OptionalInt.of(outstanding[place]);
    }
}
