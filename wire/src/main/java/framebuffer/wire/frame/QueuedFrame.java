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
 * A frame in a work queue: the frame, and what the hand-off added (contract §2.2).
 *
 * @param frame
 *            its trace is the dispatch span, so that the processor's span becomes its child
 * @param capability
 *            what it was sent for; empty when it asked for none
 * @param attempt
 *            1 at first, one more after each attempt that was charged to it
 * @param captureId
 *            its id in the capture stream: what tells two frames of one {@code frame_id} apart
 * @param enqueuedAt
 *            when it was handed off
 */
public record QueuedFrame(Frame frame, String capability, int attempt, EntryId captureId, Instant enqueuedAt) {
    private static final FieldNames ADDED = FieldNames.of("capability", "attempt", "capture_id", "enqueued_at",
            "traceparent",
            "trace_context");
    /** What a hand-off adds, and the history of a frame that had been given up on. */
    private static final int MOST_ADDED = ADDED.size() + 1;
    private static final byte[] CAPABILITY = ascii("capability");
    private static final byte[] ATTEMPT = ascii("attempt");
    private static final byte[] CAPTURE_ID = ascii("capture_id");
    private static final byte[] ENQUEUED_AT = ascii("enqueued_at");
    private static final byte[] TRACEPARENT = ascii("traceparent");
    private static final byte[] TRACE_CONTEXT = ascii("trace_context");
    private static final IntegerRange ATTEMPTS = new IntegerRange(1, 1_000_000);

    /** The fields of the entry in the work queue: the frame's own, byte for byte, and those of the hand-off. */
    public static Fields encode(Frame frame, HandOffNote note) {
        return frame.fields().without(ADDED).put(CAPABILITY, note.capability())
                .put(ATTEMPT, Integer.toString(note.attempt())).put(CAPTURE_ID, note.captureId().toBytes())
                .put(ENQUEUED_AT, Timestamps.microsBytes(note.at()))
                .put(TRACEPARENT, note.dispatch().traceparentBytes())
                .put(TRACE_CONTEXT, note.dispatch().jsonBytes()).fields();
    }

    /**
     * Reads an entry of a work queue; never throws.
     *
     * @param id
     *            of its entry in the work queue: taken for its capture id when it bears none
     */
    public static Decoded<QueuedFrame> decode(EntryId id, Fields fields) {
        FieldReader reader = new FieldReader();
        // The time of a frame that bears none is that of its capture, however often it was handed off since.
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
     * What a hand-off adds to a frame.
     *
     * @param capability
     *            what it is sent for; empty when it asked for none
     * @param attempt
     *            1 at first
     * @param captureId
     *            its id in the capture stream
     * @param at
     *            the time of the hand-off
     * @param dispatch
     *            the span of the hand-off
     */
    public record HandOffNote(String capability, int attempt, EntryId captureId, Instant at, TraceContext dispatch) {
    }
}
