package framebuffer.orchestrator.recovery;

import framebuffer.streams.capture.CaptureLook;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The groups on the capture stream that are not ours, and since when each has left something undone without reading or acknowledging
 * anything. One that has nothing to do is not idle.
 */
record ForeignReaders(Map<String, Idle> idle) {
    static final ForeignReaders NONE = new ForeignReaders(Map.of());

    /** Where a group stands, and since when. */
    record Idle(String position, Instant since) {
    }

    ForeignReaders {
        idle = Map.copyOf(idle);
    }

    /** What is known after another look. */
    ForeignReaders after(List<CaptureLook.Group> groups, String ours, Instant now) {
        Map<String, Idle> next = new HashMap<>();
        for (CaptureLook.Group group : groups) {
            if (group.behind() && !group.name().equals(ours)) {
                Idle before = idle.get(group.name());
                next.put(group.name(), before != null && before.position().equals(group.position())
                        ? before
                        : new Idle(group.position(), now));
            }
        }
        return new ForeignReaders(next);
    }

    /** Those that have been idle for so long that they are taken for abandoned. */
    Set<String> abandoned(Duration retention, Instant now) {
        return idle.entrySet().stream().filter(group -> !group.getValue().since().plus(retention).isAfter(now))
                .map(Map.Entry::getKey).collect(Collectors.toUnmodifiableSet());
    }
}
