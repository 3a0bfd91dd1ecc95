package framebuffer.vision.camera;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.Json;
import framebuffer.wire.TraceContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a camera says of each of its frames.
 *
 * @param priority
 *            0 to 10; 10 is most urgent
 * @param detectionTypes
 *            the capabilities that each frame goes to; empty: to any one processor
 * @param trace
 *            asked for each frame: where its trace begins
 */
public record Announcement(int priority, List<String> detectionTypes, Supplier<TraceContext> trace) {

    /**
     * @throws IllegalArgumentException
     *             when the priority is out of bounds
     */
    public Announcement {
        if (priority < 0 || priority > 10) {
            throw new IllegalArgumentException("priority must be 0 to 10, not " + priority);
        }
        detectionTypes = List.copyOf(detectionTypes);
    }

    /** {@code {"detection_types": […], "fps": …}}. */
    String metadata(double fps) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ArrayNode types = root.putArray("detection_types");
        detectionTypes.forEach(types::add);
        root.put("fps", fps);
        return new String(Json.bytes(root), StandardCharsets.UTF_8);
    }
}
