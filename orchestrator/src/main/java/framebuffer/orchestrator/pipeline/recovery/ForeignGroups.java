package framebuffer.orchestrator.pipeline.recovery;

import framebuffer.redis.handoff.CaptureInspection;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Foreign groups on the capture stream, and since when each has neither read nor acknowledged. A group without work is not idle. */
record ForeignGroups(Map<String, IdleGroup> idle) {
    static final ForeignGroups NONE = new ForeignGroups(Map.of());

    /** The position of a group, and since when it has not changed. */
    record IdleGroup(String position, Instant since) {
    }

    ForeignGroups {
        idle = Map.copyOf(idle);
    }

    /** The groups after another inspection. */
    ForeignGroups after(List<CaptureInspection.CaptureGroup> groups, String ours, Instant now) {
        Map<String, IdleGroup> next = new HashMap<>();
        for (CaptureInspection.CaptureGroup group : groups) {
            if (group.behind() && !group.name().equals(ours)) {
                IdleGroup before = idle.get(group.name());
                next.put(group.name(), before != null && before.position().equals(group.position())
                        ? before
                        : new IdleGroup(group.position(), now));
            }
        }
        return new ForeignGroups(next);
    }

    /** Groups that have been idle for the whole retention. */
    Set<String> abandoned(Duration retention, Instant now) {
        return idle.entrySet().stream().filter(group -> !group.getValue().since().plus(retention).isAfter(now))
                .map(Map.Entry::getKey).collect(Collectors.toUnmodifiableSet());
    }
}
