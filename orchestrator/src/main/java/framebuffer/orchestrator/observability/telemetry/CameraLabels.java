package framebuffer.orchestrator.observability.telemetry;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The camera ids that appear in metrics: the first so many, and {@code other} for all the rest. */
final class CameraLabels {
    private static final String OTHER = "other";

    private final int limit;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    CameraLabels(int limit) {
        this.limit = limit;
    }

    /** These have left, and make room for others. */
    void forget(Set<String> left) {
        known.removeAll(left);
    }

    String of(String cameraId) {
        if (known.contains(cameraId)) {
            return cameraId;
        }
        // Only the pump adds, so that the limit cannot be overrun.
        if (known.size() >= limit) {
            return OTHER;
        }
        known.add(cameraId);
        return cameraId;
    }
}
