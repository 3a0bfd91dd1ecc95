package framebuffer.wire.frame;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.text.Json;
import framebuffer.wire.text.Timestamps;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A finding of a detector in a frame, shown beside its picture.
 *
 * @param frameId id of the frame
 * @param processorId id of the processor
 * @param objects number of objects found
 * @param at when the picture was stored
 */
public record Finding(String frameId, String processorId, int objects, Instant at) {

    /** The form in Redis and in the API. */
    public ObjectNode json() {
        return JsonNodeFactory.instance.objectNode().put("frame_id", frameId).put("processor_id", processorId)
                .put("objects", objects).put("at", Timestamps.micros(at));
    }

    /** Parses {@link #json}; null: invalid, for example written by others. */
    public static @Nullable Finding decode(byte[] bytes) {
        ObjectNode json = Json.object(bytes);
        if (json == null || !json.path("objects").canConvertToInt()) {
            return null;
        }
        try {
            return new Finding(json.path("frame_id").asText(), json.path("processor_id").asText(),
                    Math.max(0, json.path("objects").asInt()), Instant.parse(json.path("at").asText()));
        } catch (DateTimeException e) {
            // Not one of our findings.
            return null;
        }
    }
}
