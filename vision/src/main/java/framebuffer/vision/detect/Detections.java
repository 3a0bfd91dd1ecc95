package framebuffer.vision.detect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.text.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * All detections in a picture.
 *
 * @param width width of the picture, in pixels
 * @param height height of the picture, in pixels
 */
public record Detections(List<Detection> objects, int width, int height) {
    public Detections {
        objects = List.copyOf(objects);
    }

    /** {@code {"objects": [{"label": …, "score": …, "box": [x, y, width, height]}, …], "width": …, "height": …}}. */
    public String json() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ArrayNode list = root.putArray("objects");
        for (Detection found : objects) {
            ObjectNode object = list.addObject().put("label", found.label())
                    .put("score", Math.round(found.score() * 1000) / 1000.0);
            object.putArray("box").add(found.x()).add(found.y()).add(found.width()).add(found.height());
        }
        root.put("width", width).put("height", height);
        return new String(Json.bytes(root), StandardCharsets.UTF_8);
    }
}
