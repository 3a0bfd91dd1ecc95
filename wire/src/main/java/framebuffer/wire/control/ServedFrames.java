package framebuffer.wire.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The frames recently handed to the processors of a capability.
 *
 * @param perSecond frames per second, at least 0
 * @param cameras number of their cameras, at least 0
 */
public record ServedFrames(double perSecond, int cameras) {
    /** No frames. */
    public static final ServedFrames NONE = new ServedFrames(0, 0);

    /** The sum of two instances. Each instance reads frames of nearly all cameras, so the numbers of cameras are not added. */
    public ServedFrames plus(ServedFrames other) {
        return new ServedFrames(perSecond + other.perSecond, Math.max(cameras, other.cameras));
    }

    /** As JSON. */
    public ObjectNode json() {
        return JsonNodeFactory.instance.objectNode().put("per_second", perSecond).put("cameras", cameras);
    }

    /** Parses {@link #json}; invalid values count as no frames. */
    public static ServedFrames of(JsonNode json) {
        double perSecond = json.path("per_second").asDouble();
        int cameras = json.path("cameras").asInt();
        return perSecond >= 0 && Double.isFinite(perSecond) && cameras >= 0
                ? new ServedFrames(perSecond, cameras)
                : NONE;
    }
}
