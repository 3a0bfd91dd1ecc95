package framebuffer.migration.shadow;

import framebuffer.wire.EntryId;
import framebuffer.wire.text.Fields;
import framebuffer.wire.text.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An entry of {@code frames:shadow}: what this service would have done with one frame, for one of the capabilities that it needs. Without
 * the frame's pixels.
 *
 * @param captureId entry of the frame in the producers' stream
 * @param frameId empty if the frame is invalid
 * @param cameraId empty if the frame is invalid
 * @param capability empty: any processor will do
 * @param outcome what would have become of it
 * @param reason why it would have reached no processor; empty: it would have
 * @param processor its processor; empty: none
 * @param waitTime how long it would have waited
 * @param age time since its timestamp when the shadow decided
 * @param decidedAt when the shadow decided
 * @param older the last frame that the older service had read by then
 */
record ShadowRecord(EntryId captureId, String frameId, String cameraId, String capability, String outcome,
        String reason, String processor, Duration waitTime, Duration age, Instant decidedAt, EntryId older) {

    /** Whether the older service had read the frame when the shadow decided. */
    boolean olderRead() {
        return captureId.compareTo(older) <= 0;
    }

    /** The words of XADD. */
    List<Object> line(String stream, int most) {
        List<Object> line = new ArrayList<>(List.of(stream, "MAXLEN", "~", most, "*"));
        line.addAll(List.of("capture_id", captureId.toString(), "frame_id", frameId, "camera_id", cameraId,
                "capability", capability, "outcome", outcome, "reason", reason, "processor_id", processor));
        line.addAll(List.of("wait_ms", waitTime.toMillis(), "age_ms", age.toMillis(), "decided_at",
                Timestamps.micros(decidedAt), "older_read", Boolean.toString(olderRead()), "older_position",
                older.toString()));
        return line;
    }

    /** Reads an entry; null: it is no record. */
    static @Nullable ShadowRecord of(@Nullable Fields fields) {
        if (fields == null) {
            return null;
        }
        try {
            Instant decidedAt = Timestamps.parse(text(fields, "decided_at"));
            return decidedAt == null
                    ? null
                    : new ShadowRecord(EntryId.parse(text(fields, "capture_id")), text(fields, "frame_id"),
                            text(fields, "camera_id"), text(fields, "capability"), text(fields, "outcome"),
                            text(fields, "reason"), text(fields, "processor_id"), millis(fields, "wait_ms"),
                            millis(fields, "age_ms"), decidedAt, EntryId.parse(text(fields, "older_position")));
        } catch (IllegalArgumentException e) {
            // Somebody else wrote into the stream.
            return null;
        }
    }

    private static Duration millis(Fields fields, String name) {
        return Duration.ofMillis(Long.parseLong(text(fields, name)));
    }

    private static String text(Fields fields, String name) {
        return Objects.requireNonNullElse(fields.text(name), "");
    }
}
