package framebuffer.orchestrator.pipeline.routing;

import framebuffer.wire.CameraNeed;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which processor each camera's frames go to, as it stood at one version of the table that all instances share; immutable. */
public final class CameraAssignments {
    /** The table has not been read yet. */
    public static final CameraAssignments UNREAD = new CameraAssignments("", Map.of());

    private final String version;
    private final Map<CameraNeed, String> processors;
    private final Map<AssignedLoad, Integer> shares;

    /** What one processor does for one capability. */
    record AssignedLoad(String processor, String capability) {
    }

    /** The whole table. */
    public CameraAssignments(String version, Map<CameraNeed, String> processors) {
        this(version, new HashMap<>(processors), new HashMap<>());
        processors.forEach((need, processor) -> count(need, processor, 1));
    }

    private CameraAssignments(String version, Map<CameraNeed, String> processors, Map<AssignedLoad, Integer> shares) {
        this.version = version;
        this.processors = processors;
        this.shares = shares;
    }

    /** What stands after these changes; an empty processor: it has been forgotten. Always another object than this. */
    public CameraAssignments after(String laterVersion, Map<CameraNeed, String> changes) {
        if (changes.isEmpty()) {
            return new CameraAssignments(laterVersion, processors, shares);
        }
        CameraAssignments later = new CameraAssignments(laterVersion, new HashMap<>(processors), new HashMap<>(shares));
        changes.forEach(later::change);
        return later;
    }

    private void change(CameraNeed need, String processor) {
        String before = processor.isEmpty() ? processors.remove(need) : processors.put(need, processor);
        if (before != null) {
            count(need, before, -1);
        }
        if (!processor.isEmpty()) {
            count(need, processor, 1);
        }
    }

    private void count(CameraNeed need, String processor, int by) {
        shares.merge(new AssignedLoad(processor, need.capability()), by,
                (one, other) -> one + other == 0 ? null : one + other);
    }

    /** The version that this was read at. */
    public String version() {
        return version;
    }

    /** How many are assigned. */
    public int size() {
        return processors.size();
    }

    /** Whose it is; null: nobody's. */
    public @Nullable String processor(CameraNeed need) {
        return processors.get(need);
    }

    /** How many cameras a processor has for a capability. */
    int cameras(String processor, String capability) {
        return shares.getOrDefault(new AssignedLoad(processor, capability), 0);
    }
}
