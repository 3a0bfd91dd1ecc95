package framebuffer.orchestrator.dispatch;

import framebuffer.orchestrator.intake.Arrival.Pending;
import framebuffer.streams.handoff.Source;
import framebuffer.wire.EntryId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The newest captured frame on its way of each camera, priority and need. What comes back has lost its place, and is in nobody's way.
 * For one thread.
 */
final class UnderWay {
    private final Map<Line, EntryId> newest = new HashMap<>();

    record Line(String camera, int priority, List<String> needs) {
        static Line of(Pending pending) {
            return new Line(pending.frame().cameraId(), pending.priority(), pending.needs());
        }
    }

    void clear() {
        newest.clear();
    }

    void sent(Pending pending) {
        if (isCaptured(pending)) {
            newest.put(Line.of(pending), pending.entry());
        }
    }

    void settled(Pending pending) {
        if (isCaptured(pending)) {
            newest.remove(Line.of(pending), pending.entry());
        }
    }

    /**
     * The newest on its way, if this one was captured after it, else {@link EntryId#FIRST}; null for what comes back.
     *
     * <p>
     * One is enough: while a batch is decided on, at most one is on its way, and of a line in it the last goes only if all went.
     */
    @Nullable
    EntryId before(Pending pending) {
        if (!isCaptured(pending)) {
            return null;
        }
        EntryId ahead = newest.get(Line.of(pending));
        return ahead != null && ahead.compareTo(pending.entry()) < 0 ? ahead : EntryId.FIRST;
    }

    private static boolean isCaptured(Pending pending) {
        return pending.source().kind() == Source.Kind.CAPTURE;
    }
}
