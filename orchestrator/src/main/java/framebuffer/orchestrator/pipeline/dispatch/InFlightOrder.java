package framebuffer.orchestrator.pipeline.dispatch;

import framebuffer.orchestrator.pipeline.intake.Arrival.PendingFrame;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.wire.EntryId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The newest captured frame on its way of each camera, priority and need. What comes back has lost its place, and is in nobody's way.
 * For one thread.
 */
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
     * The newest on its way, if this one was captured after it, else {@link EntryId#FIRST}; null for what comes back.
     *
     * <p>
     * One is enough: while a batch is decided on, at most one is on its way, and of a line in it the last goes only if all went.
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
