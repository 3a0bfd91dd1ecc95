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
 * Of which cameras the processors of each capability were handed frames of late, and how many. As long as a processor has enough to do,
 * that is what it gets done. The pump tells it, any thread may ask.
 */
public final class ServedCameras implements FrameEvents {
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, ServedCounts> tallies = new HashMap<>();

    /**
     * @param nanos
     *            a clock that only goes forward
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

    /** Asked for each frame: makes nothing where there is one. */
    private ServedCounts tally(String capability, long now) {
        ServedCounts known = tallies.get(capability);
        if (known == null) {
            known = new ServedCounts(now);
            tallies.put(capability, known);
        }
        return known;
    }

    /** Capability → what its processors were handed of late. */
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
