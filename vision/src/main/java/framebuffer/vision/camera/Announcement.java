package framebuffer.vision.camera;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.Names;
import framebuffer.wire.TraceContext;
import framebuffer.wire.frame.FrameCodec;
import framebuffer.wire.text.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields that a camera adds to each frame.
 *
 * @param priority 0 to 10; 10 is most urgent
 * @param detectionTypes capabilities that each frame needs; empty: any one processor
 * @param traces starts the trace of each frame
 */
public record Announcement(int priority, List<String> detectionTypes, Traces traces) {

    /** Starts the trace of a frame. */
    @FunctionalInterface
    public interface Traces {
        /** Starts the first span of a trace; null: its first reader starts the trace. */
        @Nullable
        TraceContext begin(String frameId, String cameraId);
    }

    /**
     * @throws IllegalArgumentException when the priority is out of bounds, or a capability has no valid name
     */
    public Announcement {
        if (priority < 0 || priority > 10) {
            throw new IllegalArgumentException("priority must be 0 to 10, not " + priority);
        }
        if (detectionTypes.size() > FrameCodec.MAX_CAPABILITIES) {
            throw new IllegalArgumentException("a frame needs at most " + FrameCodec.MAX_CAPABILITIES
                    + " capabilities, not " + detectionTypes.size());
        }
        detectionTypes.stream().filter(name -> !Names.isCapability(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException("a capability must have 1 to 128 printable characters");
        });
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
