package framebuffer.wire.frame;

import framebuffer.wire.EntryId;
import framebuffer.wire.text.Fields;
import framebuffer.wire.text.Timestamps;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a frame that was shed, for who asks what became of it.
 *
 * @param frameId
 *            as its producer named it
 * @param cameraId
 *            whose frame it was
 * @param captureId
 *            its id in the capture stream
 * @param needs
 *            the capabilities for which it was shed; empty: it needed none in particular
 * @param attempt
 *            how often it would have been tried with this one
 * @param reason
 *            why
 * @param detail
 *            why, in words
 * @param at
 *            when
 * @param instance
 *            which instance shed it
 */
public record ShedFrame(String frameId, String cameraId, EntryId captureId, List<String> needs, int attempt,
        ShedReason reason, String detail, Instant at, String instance) {
    /** No capability contains a control character. */
    private static final String BETWEEN = "\n";

    /** Why a frame is shed. */
    public enum ShedReason {
        /** It is older than its producer or its camera's policy allows. */
        EXPIRED,
        /** Its camera has a newer one, and only the newest is wanted. */
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

    /** Reads the fields of its entry; null when they make no sense: somebody else has written there. */
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
            // Whatever is wrong with it, it is not one of ours.
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
