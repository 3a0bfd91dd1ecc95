package framebuffer.wire.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What the processors of a capability were handed of late.
 *
 * @param perSecond
 *            frames per second, at least 0
 * @param cameras
 *            of how many cameras, at least 0
 */
public record ServedFrames(double perSecond, int cameras) {
    /** Nothing. */
    public static final ServedFrames NONE = new ServedFrames(0, 0);

    /** That of two instances together. Each reads frames of about all cameras, so that theirs are the same. */
    public ServedFrames plus(ServedFrames other) {
        return new ServedFrames(perSecond + other.perSecond, Math.max(cameras, other.cameras));
    }

    /** As JSON. */
    public ObjectNode json() {
        return JsonNodeFactory.instance.objectNode().put("per_second", perSecond).put("cameras", cameras);
    }

    /** Reads {@link #json}; what makes no sense there is nothing. */
    public static ServedFrames of(JsonNode json) {
        double perSecond = json.path("per_second").asDouble();
        int cameras = json.path("cameras").asInt();
        return perSecond >= 0 && Double.isFinite(perSecond) && cameras >= 0
                ? new ServedFrames(perSecond, cameras)
                : NONE;
    }
}
