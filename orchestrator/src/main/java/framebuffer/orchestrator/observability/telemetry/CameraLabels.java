package framebuffer.orchestrator.observability.telemetry;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The camera ids in metrics: the first ones up to a limit, and {@code other} for the rest. */
final class CameraLabels {
    private static final String OTHER = "other";

    private final int limit;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    CameraLabels(int limit) {
        this.limit = limit;
    }

    /** Removes cameras, which makes room for others. */
    void forget(Set<String> left) {
        known.removeAll(left);
    }

    String of(String cameraId) {
        if (known.contains(cameraId)) {
            return cameraId;
        }
        // Only the pump adds, so the limit cannot be exceeded.
        if (known.size() >= limit) {
            return OTHER;
        }
        known.add(cameraId);
        return cameraId;
    }
}
