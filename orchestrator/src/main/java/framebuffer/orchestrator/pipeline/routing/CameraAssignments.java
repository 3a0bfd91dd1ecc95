package framebuffer.orchestrator.pipeline.routing;

import framebuffer.wire.CameraNeed;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Immutable view of one version of the shared affinity table: camera and capability → processor. */
public final class CameraAssignments {
    /** The table has not been read yet. */
    public static final CameraAssignments UNREAD = new CameraAssignments("", Map.of());

    private final String version;
    private final Map<CameraNeed, String> processors;
    private final Map<AssignedLoad, Integer> shares;

    /** A processor and one of its capabilities. */
    record AssignedLoad(String processor, String capability) {
    }

    /** All assignments. */
    public CameraAssignments(String version, Map<CameraNeed, String> processors) {
        this(version, new HashMap<>(processors), new HashMap<>());
        processors.forEach((need, processor) -> count(need, processor, 1));
    }

    private CameraAssignments(String version, Map<CameraNeed, String> processors, Map<AssignedLoad, Integer> shares) {
        this.version = version;
        this.processors = processors;
        this.shares = shares;
    }

    /** A new view with these changes; an empty processor removes the assignment. */
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

    /** The version of the table. */
    public String version() {
        return version;
    }

    /** Number of assignments. */
    public int size() {
        return processors.size();
    }

    /** The processor of this camera; null: none. */
    public @Nullable String processor(CameraNeed need) {
        return processors.get(need);
    }

    /** Cameras that a processor has for a capability. */
    int cameras(String processor, String capability) {
        return shares.getOrDefault(new AssignedLoad(processor, capability), 0);
    }
}
