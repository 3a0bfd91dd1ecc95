package framebuffer.orchestrator.pipeline.dispatch;

import framebuffer.orchestrator.pipeline.intake.Arrival.TerminalArrival;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.wire.EntryId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Frames that have ended and wait for the next batch. For one thread. */
public final class TerminalFrames {
    private final Map<FrameSource, List<Outgoing>> waiting = new LinkedHashMap<>();

    public void add(FrameSource source, TerminalArrival terminal) {
        waiting.computeIfAbsent(source, any -> new ArrayList<>()).add(new Outgoing.Terminal(terminal));
    }

    /** Forgets the frames of one source, which are read again or withdrawn. */
    public void drop(FrameSource source) {
        waiting.remove(source);
    }

    /** Whether this entry waits here. */
    public boolean holds(String stream, EntryId entry) {
        return waiting.entrySet().stream().filter(items -> items.getKey().stream().equals(stream))
                .flatMap(items -> items.getValue().stream())
                .anyMatch(item -> item instanceof Outgoing.Terminal(TerminalArrival terminal)
                        && terminal.move().entry().equals(entry));
    }

    public void clear() {
        waiting.clear();
    }

    /** Takes the frames by source, at most {@code atMost} of each; the others follow in the next turn. */
    public Map<FrameSource, List<Outgoing>> take(int atMost) {
        Map<FrameSource, List<Outgoing>> some = new LinkedHashMap<>();
        waiting.forEach((source, all) -> {
            List<Outgoing> first = all.subList(0, Math.min(all.size(), atMost));
            some.put(source, new ArrayList<>(first));
            first.clear();
        });
        waiting.values().removeIf(List::isEmpty);
        return some;
    }
}
