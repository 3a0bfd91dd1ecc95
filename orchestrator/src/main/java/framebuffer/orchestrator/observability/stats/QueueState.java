package framebuffer.orchestrator.observability.stats;

import framebuffer.redis.frames.BacklogReader;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.NaturalOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A registered processor with the backlog of its queue. */
public record QueueState(Registration processor, BacklogReader.QueueBacklog waits) {

    /** Each processor once, with its backlog of all partitions. */
    static List<QueueState> sum(List<QueueState> each) {
        Map<String, QueueState> sums = new TreeMap<>(NaturalOrder.NAMES);
        each.forEach(one -> sums.merge(one.processor().id(), one, QueueState::plus));
        return List.copyOf(sums.values());
    }

    private QueueState plus(QueueState other) {
        return new QueueState(processor, new BacklogReader.QueueBacklog(waits.length() + other.waits.length(),
                waits.pending() + other.waits.pending(), outstanding() + other.outstanding()));
    }

    /** Outstanding frames; 0 when there is no queue. */
    public long outstanding() {
        return Math.max(0, waits.outstanding());
    }

    /** Outstanding / capacity; above 1 after the capacity was lowered. */
    public double utilization() {
        return (double) outstanding() / processor.capacity();
    }
}
