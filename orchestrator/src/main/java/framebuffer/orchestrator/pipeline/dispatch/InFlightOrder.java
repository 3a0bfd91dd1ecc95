package framebuffer.orchestrator.pipeline.dispatch;

import framebuffer.orchestrator.pipeline.intake.Arrival.PendingFrame;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.wire.EntryId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The newest captured frame in flight of each camera, priority and need. Returned frames have lost their place. For one thread. */
final class InFlightOrder {
    private final Map<OrderKey, EntryId> newest = new HashMap<>();

    record OrderKey(String camera, int priority, List<String> needs) {
        static OrderKey of(PendingFrame pending) {
            return new OrderKey(pending.frame().cameraId(), pending.priority(), pending.needs());
        }
    }

    void clear() {
        newest.clear();
    }

    void sent(PendingFrame pending) {
        if (isCaptured(pending)) {
            newest.put(OrderKey.of(pending), pending.entry());
        }
    }

    void settled(PendingFrame pending) {
        if (isCaptured(pending)) {
            newest.remove(OrderKey.of(pending), pending.entry());
        }
    }

    /**
     * The newest frame in flight, if this frame was captured after it, else {@link EntryId#FIRST}; null for a returned frame.
     *
     * <p>
     * The newest is enough: at most one batch is in flight during decisions, and the last frame of a line in it goes only if all go.
     */
    @Nullable
    EntryId before(PendingFrame pending) {
        if (!isCaptured(pending)) {
            return null;
        }
        EntryId ahead = newest.get(OrderKey.of(pending));
        return ahead != null && ahead.compareTo(pending.entry()) < 0 ? ahead : EntryId.FIRST;
    }

    private static boolean isCaptured(PendingFrame pending) {
        return pending.source().kind() == FrameSource.SourceKind.CAPTURE;
    }
}
