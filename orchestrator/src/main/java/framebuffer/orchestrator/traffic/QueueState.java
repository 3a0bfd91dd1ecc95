package framebuffer.orchestrator.traffic;

import framebuffer.streams.figures.BacklogReader;
import framebuffer.wire.processor.Registration;

/** A registered processor, and what waits in its queue. */
public record QueueState(Registration processor, BacklogReader.Queue waits) {

    /** Frames outstanding; 0 when there is no such queue. */
    public long outstanding() {
        return Math.max(0, waits.outstanding());
    }

    /** Outstanding by capacity; above 1 when its capacity was lowered. */
    public double utilization() {
        return (double) outstanding() / processor.capacity();
    }
}
