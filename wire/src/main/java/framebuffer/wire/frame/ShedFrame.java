package framebuffer.wire.frame;

import framebuffer.wire.EntryId;
import framebuffer.wire.text.Fields;
import framebuffer.wire.text.Timestamps;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The record of a shed frame, for queries.
 *
 * @param frameId id from the producer
 * @param cameraId id of the camera
 * @param captureId id in the capture stream
 * @param needs capabilities for which it was shed; empty: any processor
 * @param attempt number of the attempt that was not made
 * @param reason the reason
 * @param detail details in words
 * @param at when the frame was shed
 * @param instance the instance that shed it
 */
public record ShedFrame(String frameId, String cameraId, EntryId captureId, List<String> needs, int attempt,
        ShedReason reason, String detail, Instant at, String instance) {
    /** No capability contains a control character. */
    private static final String BETWEEN = "\n";

    /** Why a frame is shed. */
    public enum ShedReason {
        /** The frame is older than its producer or the camera's policy allows. */
        EXPIRED,
        /** The camera has a newer frame, and only the newest is wanted. */
        SUPERSEDED;

        /** The word on the wire. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public ShedFrame {
        needs = List.copyOf(needs);
    }

    /** The fields of its entry among the shed frames. */
    public Fields encode() {
        return Fields.ofText("frame_id", frameId, "camera_id", cameraId, "capture_id", captureId.toString(), "needs",
                String.join(BETWEEN, needs), "attempt", Integer.toString(attempt), "shed_reason", reason.word(),
                "shed_detail", detail, "shed_at", Timestamps.micros(at), "instance", instance);
    }

    /** Parses the fields of its entry; null: invalid, for example written by others. */
    public static @Nullable ShedFrame decode(Fields fields) {
        try {
            String needs = text(fields, "needs");
            return new ShedFrame(text(fields, "frame_id"), text(fields, "camera_id"),
                    EntryId.parse(text(fields, "capture_id")),
                    needs.isEmpty() ? List.of() : List.of(needs.split(BETWEEN)),
                    Integer.parseInt(text(fields, "attempt")),
                    ShedReason.valueOf(text(fields, "shed_reason").toUpperCase(Locale.ROOT)),
                    text(fields, "shed_detail"),
                    Instant.parse(text(fields, "shed_at")), text(fields, "instance"));
        } catch (RuntimeException e) {
            // Not one of our records.
            return null;
        }
    }

    private static String text(Fields fields, String name) {
        String text = fields.text(name);
        if (text == null) {
            throw new IllegalArgumentException("no " + name);
        }
        return text;
    }
}
