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
 * A frame that a processor gave back (contract §2.6).
 *
 * @param queued
 *            the frame as it came from the work queue
 * @param kind
 *            why it came back
 * @param detail
 *            the reason in words
 * @param retryAfter
 *            not to be handed off again before, at most {@link #MAX_RETRY_AFTER}; zero: at once
 * @param processorId
 *            who gave it back
 * @param suspect
 *            whether it may have ended its processor, which found it when it started again; our clients say so
 */
public record ReturnedFrame(QueuedFrame queued, ReturnReason kind, String detail, Duration retryAfter,
        String processorId,
        boolean suspect) {
    /** The longest delay a processor may ask for. */
    public static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);

    private static final FieldNames ADDED = FieldNames.of("return_kind", "return_detail", "retry_after_ms",
            "processor_id",
            "return_suspect");

    /** Why a frame comes back. */
    public enum ReturnReason {
        /** Not now: not charged as an attempt, not a failure. */
        RETRY,
        /** The handler failed: charged, and another processor is preferred. */
        FAILED,
        /** This frame can never be processed: a dead letter. */
        REJECTED;

        /** The word on the wire. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static @Nullable ReturnReason of(@Nullable String word) {
            return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findAny().orElse(null);
        }
    }

    /** One that a living processor gives back. */
    public ReturnedFrame(QueuedFrame queued, ReturnReason kind, String detail, Duration retryAfter,
            String processorId) {
        this(queued, kind, detail, retryAfter, processorId, false);
    }

    /** The fields of the entry in the returned stream: all of the frame's, and why it came back. */
    public Fields encode() {
        Fields.Writer fields = queued.frame().fields().without(ADDED).put("return_kind", kind.word())
                .put("return_detail", detail).put("retry_after_ms", Long.toString(retryAfter.toMillis()))
                .put("processor_id", processorId);
        return suspect ? fields.put("return_suspect", "true").fields() : fields.fields();
    }

    /** Reads an entry of the returned stream; never throws. The frame comes without what the return added. */
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

    /** A delay that breaks its form must not cost the frame: one that is no number, or negative, is none; a longer one is the longest. */
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
