package framebuffer.orchestrator.routing;

import framebuffer.wire.CameraNeed;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which processor each camera's frames go to, as it stood at one version of the table that all instances share; immutable. */
public final class Assignments {
    /** The table has not been read yet. */
    public static final Assignments UNREAD = new Assignments("", Map.of());

    private final String version;
    private final Map<CameraNeed, String> processors;
    private final Map<Share, Integer> shares;

    /** What one processor does for one capability. */
    record Share(String processor, String capability) {
    }

    /** The whole table. */
    public Assignments(String version, Map<CameraNeed, String> processors) {
        this(version, new HashMap<>(processors), new HashMap<>());
        processors.forEach((need, processor) -> count(need, processor, 1));
    }

    private Assignments(String version, Map<CameraNeed, String> processors, Map<Share, Integer> shares) {
        this.version = version;
        this.processors = processors;
        this.shares = shares;
    }

    /** What stands after these changes; an empty processor: it has been forgotten. Always another object than this. */
    public Assignments after(String laterVersion, Map<CameraNeed, String> changes) {
        if (changes.isEmpty()) {
            return new Assignments(laterVersion, processors, shares);
        }
        Assignments later = new Assignments(laterVersion, new HashMap<>(processors), new HashMap<>(shares));
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
        shares.merge(new Share(processor, need.capability()), by,
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
        return shares.getOrDefault(new Share(processor, capability), 0);
    }
}
