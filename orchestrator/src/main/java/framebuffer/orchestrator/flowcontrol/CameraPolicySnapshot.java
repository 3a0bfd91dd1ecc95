package framebuffer.orchestrator.flowcontrol;

import java.util.Map;

/**
 * Which frames are worth sending, at one moment.
 *
 * @param standard
 *            of every camera of which nothing else is said
 * @param cameras
 *            camera → of its frames
 */
public record CameraPolicySnapshot(Freshness standard, Map<String, Freshness> cameras) {
    public CameraPolicySnapshot {
        cameras = Map.copyOf(cameras);
    }

    /** Which frames of this camera are. */
    public Freshness of(String camera) {
        return cameras.getOrDefault(camera, standard);
    }
}
