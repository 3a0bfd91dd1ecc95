package framebuffer.wire.frame;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.Result.ResultStatus;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.FieldReader;
import framebuffer.wire.text.FieldReader.IntegerRange;
import framebuffer.wire.text.Fields;
import framebuffer.wire.text.Json;
import framebuffer.wire.text.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A result as it lies in a result stream, from any processor (docs/protocol.md 2.4).
 *
 * @param id id of its entry; its time is when the result was written, by Redis's clock
 * @param frameId id of the frame
 * @param cameraId id of the camera
 * @param processorId id of the processor, at most 256 characters; empty: it names none
 * @param capability what was looked for, at most 256 characters; empty: the frame named no capability
 * @param status success or error
 * @param result the result itself: any JSON value
 * @param processedAt when processing ended, by the processor's clock; the time of {@code id} if it does not say
 * @param millis processing time in milliseconds; null: it does not say
 * @param attempt number of the attempt, from 1
 * @param traceparent the processing span, at most 256 characters; null: it names none
 */
public record StoredResult(EntryId id, String frameId, String cameraId, String processorId, String capability,
        ResultStatus status, JsonNode result, Instant processedAt, @Nullable Double millis, int attempt,
        @Nullable String traceparent) {

    /**
     * An object that a detector found in the picture.
     *
     * @param label kind of object; empty: the detector does not say
     * @param score confidence; null: the detector does not say
     * @param box left edge, upper edge, width and height in pixels; empty: the detector does not say
     */
    public record ObjectFinding(String label, @Nullable Double score, List<Double> box) {
        public ObjectFinding {
            box = List.copyOf(box);
        }

        private static ObjectFinding of(JsonNode object) {
            List<Double> box = new ArrayList<>(4);
            for (JsonNode edge : object.path("box")) {
                if (edge.isNumber()) {
                    box.add(edge.asDouble());
                }
            }
            return new ObjectFinding(object.path("label").asText(""),
                    object.path("score").isNumber() ? object.path("score").asDouble() : null,
                    box.size() == 4 && object.path("box").size() == 4 ? box : List.of());
        }

        private ObjectNode json() {
            ObjectNode json = JsonNodeFactory.instance.objectNode().put("label", label);
            if (score != null) {
                json.put("score", score);
            }
            if (!box.isEmpty()) {
                ArrayNode edges = json.putArray("box");
                // A whole number of pixels stays a whole number.
                box.forEach(edge -> {
                    if (edge == Math.rint(edge) && Math.abs(edge) <= Integer.MAX_VALUE) {
                        edges.add(edge.intValue());
                    } else {
                        edges.add(edge);
                    }
                });
            }
            return json;
        }
    }

    /** Decodes an entry. Invalid: a required field is missing, or a field breaks its form. */
    public static Decoded<StoredResult> decode(EntryId id, Fields fields) {
        FieldReader reader = new FieldReader();
        String frameId = reader.required("frame_id", fields.get("frame_id"));
        String cameraId = reader.required("camera_id", fields.get("camera_id"));
        String processorId = reader.optional("processor_id", fields.get("processor_id"));
        String capability = reader.optional("capability", fields.get("capability"));
        String traceparent = reader.optional("traceparent", fields.get("traceparent"));
        ResultStatus status = status(fields, reader);
        byte[] raw = fields.get("result");
        JsonNode result = raw == null ? null : Json.value(raw);
        if (result == null) {
            reader.problem("result", raw == null ? "is missing" : "is not JSON");
        }
        byte[] at = fields.get("processed_at");
        Instant processedAt = at == null ? id.time() : reader.moment("processed_at", at);
        Double millis = millis(fields.text("processing_ms"), reader);
        int attempt = (int) reader.integer("attempt", fields.get("attempt"), new IntegerRange(1, Integer.MAX_VALUE), 1);
        if (!reader.problems().isEmpty()) {
            return new Decoded.Invalid<>(reader.problems());
        }
        return new Decoded.Valid<>(new StoredResult(id, frameId, cameraId, orEmpty(processorId), orEmpty(capability),
                status, Objects.requireNonNull(result), Objects.requireNonNull(processedAt), millis, attempt,
                traceparent));
    }

    private static ResultStatus status(Fields fields, FieldReader reader) {
        String word = orEmpty(fields.text("status"));
        for (ResultStatus status : ResultStatus.values()) {
            if (status.word().equals(word)) {
                return status;
            }
        }
        reader.problem("status", "must be success or error, not " + FieldReader.shown(word));
        return ResultStatus.ERROR;
    }

    private static @Nullable Double millis(@Nullable String text, FieldReader reader) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        if (text.matches("[0-9]{1,15}(\\.[0-9]{1,9})?")) {
            return Double.valueOf(text);
        }
        reader.problem("processing_ms", "must be a number of milliseconds, not " + FieldReader.shown(text));
        return null;
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /**
     * The objects in the result, if it has one of these forms: {@code {"objects": [{"label", "score", "box"}, …]}}, as our detectors write,
     * or the list alone. A result of another form has none.
     */
    public List<ObjectFinding> objects() {
        JsonNode list = result.isArray() ? result : result.path("objects");
        List<ObjectFinding> objects = new ArrayList<>(list.size());
        if (list.isArray()) {
            list.forEach(object -> {
                if (object.isObject()) {
                    objects.add(ObjectFinding.of(object));
                }
            });
        }
        return List.copyOf(objects);
    }

    /** As JSON, in the form of the REST API. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", id.toString())
                .put("at", Timestamps.micros(id.time())).put("frame_id", frameId).put("camera_id", cameraId)
                .put("capability", capability).put("processor_id", processorId).put("status", status.word())
                .put("attempt", attempt).put("processed_at", Timestamps.micros(processedAt))
                .put("processing_ms", millis).put("traceparent", traceparent);
        ArrayNode objects = json.putArray("objects");
        objects().forEach(object -> objects.add(object.json()));
        json.set("result", result);
        return json;
    }
}
