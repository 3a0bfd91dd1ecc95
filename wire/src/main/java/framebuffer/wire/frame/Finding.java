package framebuffer.wire.frame;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.text.Json;
import framebuffer.wire.text.Timestamps;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a detector found in a frame, for people to look at beside its picture.
 *
 * @param frameId
 *            of the frame
 * @param processorId
 *            who looked at it
 * @param objects
 *            how many things it found
 * @param at
 *            when it was shown
 */
public record Finding(String frameId, String processorId, int objects, Instant at) {

    /** As it stands in Redis, and in the API. */
    public ObjectNode json() {
        return JsonNodeFactory.instance.objectNode().put("frame_id", frameId).put("processor_id", processorId)
                .put("objects", objects).put("at", Timestamps.micros(at));
    }

    /** Reads what {@link #json} wrote; null when it makes no sense: somebody else has written there. */
    public static @Nullable Finding decode(byte[] bytes) {
        ObjectNode json = Json.object(bytes);
        if (json == null || !json.path("objects").canConvertToInt()) {
            return null;
        }
        try {
            return new Finding(json.path("frame_id").asText(), json.path("processor_id").asText(),
                    Math.max(0, json.path("objects").asInt()), Instant.parse(json.path("at").asText()));
        } catch (DateTimeException e) {
            // Whatever it is, it is not one of ours.
            return null;
        }
    }
}
