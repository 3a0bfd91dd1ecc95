package framebuffer.wire.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.Names;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.FieldReader.IntegerRange;
import framebuffer.wire.text.Json;
import framebuffer.wire.text.JsonReader;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A processor's heartbeat (docs/protocol.md 3.2).
 *
 * @param processorId id of the processor
 * @param status its health
 * @param capacityUsed number of frames it holds; null if not reported, like all that follow
 * @param framesProcessed number of frames since its start
 * @param avgProcessingTimeMs mean time per frame, in milliseconds
 * @param errorsLastMinute number of frames that failed in the last minute
 */
public record Heartbeat(String processorId, HealthStatus status, @Nullable Double capacityUsed,
        @Nullable Long framesProcessed,
        @Nullable Double avgProcessingTimeMs, @Nullable Long errorsLastMinute) {

    /** The health of a processor. */
    public enum HealthStatus {
        HEALTHY, DEGRADED, UNHEALTHY;

        /** The word on the wire. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static boolean known(String word) {
            return word.equals("healthy") || word.equals("degraded") || word.equals("unhealthy");
        }
    }

    /**
     * Parses a heartbeat from JSON; never throws.
     *
     * @param pathId the processor in the request's path; null: the body must name it
     */
    public static Decoded<Heartbeat> decode(byte[] json, @Nullable String pathId) {
        ObjectNode object = json.length == 0 && pathId != null
                ? JsonNodeFactory.instance.objectNode()
                : Json.object(json);
        if (object == null) {
            return Decoded.invalid("body", "must be a JSON object");
        }
        JsonReader in = new JsonReader(object);
        String id = pathId == null || in.has("processor_id")
                ? in.required("processor_id", Names::isId, Names.FORM)
                : pathId;
        if (pathId != null && !id.isEmpty() && !id.equals(pathId)) {
            in.problem("processor_id", "differs from the one in the path");
        }
        String status = in.text("status", HealthStatus::known, "must be healthy, degraded or unhealthy");
        IntegerRange counts = IntegerRange.NOT_NEGATIVE;
        long processed = in.integer("frames_processed", counts, -1);
        long errors = in.integer("errors_last_minute", counts, -1);
        return Decoded.of(new Heartbeat(id,
                status == null ? HealthStatus.HEALTHY : HealthStatus.valueOf(status.toUpperCase(Locale.ROOT)),
                in.number("capacity_used"), processed < 0 ? null : (Long) processed,
                in.number("avg_processing_time_ms"), errors < 0 ? null : (Long) errors), in.problems());
    }

    /** As JSON, without null members. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("processor_id", processorId).put("status",
                status.word());
        if (capacityUsed != null) {
            json.put("capacity_used", capacityUsed);
        }
        if (framesProcessed != null) {
            json.put("frames_processed", framesProcessed);
        }
        if (avgProcessingTimeMs != null) {
            json.put("avg_processing_time_ms", avgProcessingTimeMs);
        }
        if (errorsLastMinute != null) {
            json.put("errors_last_minute", errorsLastMinute);
        }
        return json;
    }

    /** {@link #json} as bytes. */
    public byte[] encode() {
        return Json.bytes(json());
    }
}
