package framebuffer.orchestrator.pipeline.dispatch;

import framebuffer.orchestrator.pipeline.dispatch.FrameEvents.SettledBatch;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision.Choice;
import framebuffer.redis.handoff.Move;
import framebuffer.wire.control.ServedFrames;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Counts, for each capability, the frames handed off lately and their cameras. As long as processors are busy, hand-offs equal their
 * throughput. The pump writes, any thread may read.
 */
public final class ServedCameras implements FrameEvents {
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, ServedCounts> tallies = new HashMap<>();

    /**
     * @param nanos a monotonic clock
     */
    public ServedCameras(LongSupplier nanos) {
        this.nanos = nanos;
    }

    @Override
    public void settled(SettledBatch batch) {
        lock.lock();
        try {
            long now = second();
            for (int i = 0; i < batch.items().size(); i++) {
                if (batch.outcomes().get(i) == Move.MoveOutcome.MOVED
                        && batch.items()
                                .get(i) instanceof Outgoing.Assigned(var pending, List<Choice> choices, _, _, _)) {
                    for (Choice choice : choices) {
                        for (String capability : choice.slot().registration().capabilities()) {
                            tally(capability, now).served(pending.cameraId(), now);
                        }
                    }
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Called for each frame, so it allocates only for a new capability. */
    private ServedCounts tally(String capability, long now) {
        ServedCounts known = tallies.get(capability);
        if (known == null) {
            known = new ServedCounts(now);
            tallies.put(capability, known);
        }
        return known;
    }

    /** Capability → frames that its processors were handed lately. */
    public Map<String, ServedFrames> served() {
        lock.lock();
        try {
            long now = second();
            tallies.values().removeIf(tally -> tally.isOver(now));
            Map<String, ServedFrames> served = HashMap.newHashMap(tallies.size());
            tallies.forEach((capability, tally) -> served.put(capability, tally.served(now)));
            return served;
        } finally {
            lock.unlock();
        }
    }

    private long second() {
        return TimeUnit.NANOSECONDS.toSeconds(nanos.getAsLong());
    }
}
