package framebuffer.wire.frame;

import framebuffer.wire.TraceContext;
import framebuffer.wire.text.Fields;
import framebuffer.wire.text.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * The result of a processor for a frame (docs/protocol.md 2.4).
 *
 * @param queued the frame from the work queue
 * @param processorId id of the processor
 * @param status success or error; both are final
 * @param json the result as JSON
 * @param processedAt when processing ended
 * @param took processing time
 * @param span the processing span
 */
public record Result(QueuedFrame queued, String processorId, ResultStatus status, String json, Instant processedAt,
        Duration took, TraceContext span) {

    /** How processing ended. */
    public enum ResultStatus {
        SUCCESS, ERROR;

        /** The word on the wire. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The fields of the entry in the result stream. */
    public Fields encode() {
        return new Fields.Writer(20).put("frame_id", queued.frame().frameId()).put("camera_id",
                queued.frame().cameraId()).put("processor_id", processorId).put("capability", queued.capability())
                .put("status", status.word()).put("result", json).put("processed_at", Timestamps.micros(processedAt))
                .put("processing_ms", millis(took)).put("attempt", Integer.toString(queued.attempt()))
                .put("traceparent", span.traceparent()).fields();
    }

    private static String millis(Duration took) {
        return String.format(Locale.ROOT, "%.3f", took.toNanos() / 1e6);
    }
}
