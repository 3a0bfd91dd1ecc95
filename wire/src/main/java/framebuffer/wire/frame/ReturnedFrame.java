package framebuffer.wire.frame;

import framebuffer.wire.EntryId;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.FieldNames;
import framebuffer.wire.text.FieldReader;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A frame that a processor returned (docs/protocol.md 2.5).
 *
 * @param queued the frame from the work queue
 * @param kind why it was returned
 * @param detail the reason in words
 * @param retryAfter minimum delay before the next hand-off, at most {@link #MAX_RETRY_AFTER}; zero: none
 * @param processorId id of the processor
 * @param suspect whether the frame may have crashed its processor, which found it after its restart; set by our clients
 */
public record ReturnedFrame(QueuedFrame queued, ReturnReason kind, String detail, Duration retryAfter,
        String processorId,
        boolean suspect) {
    /** The longest delay a processor may ask for. */
    public static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);

    private static final FieldNames ADDED = FieldNames.of("return_kind", "return_detail", "retry_after_ms",
            "processor_id",
            "return_suspect");

    /** Why a frame is returned. */
    public enum ReturnReason {
        /** The processor cannot take the frame now: neither a charged attempt nor a failure. */
        RETRY,
        /** The handler failed: a charged attempt; another processor is preferred. */
        FAILED,
        /** The frame can never be processed: a dead letter. */
        REJECTED;

        /** The word on the wire. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static @Nullable ReturnReason of(@Nullable String word) {
            return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findAny().orElse(null);
        }
    }

    /** A frame that a running processor returns. */
    public ReturnedFrame(QueuedFrame queued, ReturnReason kind, String detail, Duration retryAfter,
            String processorId) {
        this(queued, kind, detail, retryAfter, processorId, false);
    }

    /** The fields of the entry in the returned stream: those of the frame, and the reason. */
    public Fields encode() {
        Fields.Writer fields = queued.frame().fields().without(ADDED).put("return_kind", kind.word())
                .put("return_detail", detail).put("retry_after_ms", Long.toString(retryAfter.toMillis()))
                .put("processor_id", processorId);
        return suspect ? fields.put("return_suspect", "true").fields() : fields.fields();
    }

    /** Parses an entry of the returned stream; never throws. The frame is without the fields that the return added. */
    public static Decoded<ReturnedFrame> decode(EntryId id, Fields fields) {
        FieldReader reader = new FieldReader();
        ReturnReason kind = ReturnReason.of(fields.text("return_kind"));
        if (kind == null) {
            reader.problem("return_kind", "must be retry, failed or rejected");
        }
        Duration delay = delay(fields.text("retry_after_ms"));
        String detail = fields.text("return_detail");
        String processor = fields.text("processor_id");
        return QueuedFrame.decode(id, fields.without(ADDED).fields())
                .then(queued -> Decoded.of(
                        new ReturnedFrame(queued, kind == null ? ReturnReason.REJECTED : kind,
                                detail == null ? "" : detail,
                                delay, processor == null ? "" : processor,
                                "true".equals(fields.text("return_suspect"))),
                        reader.problems()));
    }

    /** A malformed delay must not fail the frame: not a number, or negative, counts as none; too long counts as the maximum. */
    private static Duration delay(@Nullable String text) {
        try {
            double millis = text == null ? 0 : Double.parseDouble(text);
            return Double.isNaN(millis)
                    ? Duration.ZERO
                    : Duration.ofMillis((long) Math.clamp(millis, 0.0, (double) MAX_RETRY_AFTER.toMillis()));
        } catch (NumberFormatException e) {
            return Duration.ZERO;
        }
    }
}
