package framebuffer.wire.frame;

import framebuffer.wire.EntryId;
import framebuffer.wire.TraceContext;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.FieldNames;
import framebuffer.wire.text.FieldReader;
import framebuffer.wire.text.FieldReader.IntegerRange;
import framebuffer.wire.text.Fields;
import framebuffer.wire.text.Timestamps;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A frame in a work queue, with the fields of its hand-off (docs/protocol.md 2.3).
 *
 * @param frame the frame; its trace is the dispatch span, the parent of the processor's span
 * @param capability capability of this hand-off; empty: none needed
 * @param attempt 1 at first, one more after each charged attempt
 * @param captureId its id in the capture stream, which is unique even if the {@code frame_id} is not
 * @param enqueuedAt time of the hand-off
 */
public record QueuedFrame(Frame frame, String capability, int attempt, EntryId captureId, Instant enqueuedAt) {
    /** The field that an instance adds when it hands the frame off (docs/adr/0030-returned-frames.md). */
    public static final String SIGNATURE = "handoff_signature";

    private static final FieldNames ADDED = FieldNames.of("capability", "attempt", "capture_id", "enqueued_at",
            "traceparent", "trace_context", SIGNATURE);
    /** The fields that a hand-off adds, and the history of a requeued frame. */
    private static final int MOST_ADDED = ADDED.size() + 1;
    private static final byte[] CAPABILITY = ascii("capability");
    private static final byte[] ATTEMPT = ascii("attempt");
    private static final byte[] CAPTURE_ID = ascii("capture_id");
    private static final byte[] ENQUEUED_AT = ascii("enqueued_at");
    private static final byte[] TRACEPARENT = ascii("traceparent");
    private static final byte[] TRACE_CONTEXT = ascii("trace_context");
    private static final IntegerRange ATTEMPTS = new IntegerRange(1, 1_000_000);

    /** The fields of the entry in the work queue: those of the frame, byte for byte, and those of the hand-off. */
    public static Fields encode(Frame frame, HandOffNote note) {
        return frame.fields().without(ADDED).put(CAPABILITY, note.capability())
                .put(ATTEMPT, Integer.toString(note.attempt())).put(CAPTURE_ID, note.captureId().toBytes())
                .put(ENQUEUED_AT, Timestamps.microsBytes(note.at()))
                .put(TRACEPARENT, note.dispatch().traceparentBytes())
                .put(TRACE_CONTEXT, note.dispatch().jsonBytes()).fields();
    }

    /**
     * Parses an entry of a work queue; never throws.
     *
     * @param id id of the entry in the work queue, the default capture id
     */
    public static Decoded<QueuedFrame> decode(EntryId id, Fields fields) {
        FieldReader reader = new FieldReader();
        // The default timestamp is the time of capture, even after several hand-offs.
        EntryId captureId = captureId(id, fields, reader);
        return FrameCodec.decode(captureId, fields, FrameCodec.MAX_FIELDS + MOST_ADDED).then(frame -> {
            String capability = fields.text("capability");
            int attempt = (int) reader.integer("attempt", fields.get("attempt"), ATTEMPTS, 1);
            Instant enqueuedAt = reader.moment("enqueued_at", fields.get("enqueued_at"));
            return Decoded.of(new QueuedFrame(frame, capability == null ? "" : capability, attempt, captureId,
                    enqueuedAt == null ? frame.timestamp() : enqueuedAt), reader.problems());
        });
    }

    private static byte[] ascii(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }

    private static EntryId captureId(EntryId id, Fields fields, FieldReader reader) {
        String text = fields.text("capture_id");
        try {
            return text == null ? id : EntryId.parse(text);
        } catch (IllegalArgumentException e) {
            reader.problem("capture_id", "must be an entry id, not " + FieldReader.shown(text == null ? "" : text));
            return id;
        }
    }

    /**
     * The fields that a hand-off adds to a frame.
     *
     * @param capability capability of this hand-off; empty: none needed
     * @param attempt 1 at first
     * @param captureId id of the frame in the capture stream
     * @param at time of the hand-off
     * @param dispatch span of the hand-off
     */
    public record HandOffNote(String capability, int attempt, EntryId captureId, Instant at, TraceContext dispatch) {
    }
}
