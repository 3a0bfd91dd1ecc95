package framebuffer.wire.frame;

import framebuffer.wire.EntryId;
import framebuffer.wire.Fields;
import framebuffer.wire.Timestamps;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;

/**
 * A frame given up on (contract §2.4).
 *
 * @param frame
 *            its fields as they came, readable or not
 * @param reason
 *            why, as one of the known reasons
 * @param detail
 *            why, in words
 * @param at
 *            when
 * @param source
 *            the stream and entry it came from
 * @param attempt
 *            how often it had been tried: 0 when it was never handed off
 */
public record DeadLetter(Fields frame, Reason reason, String detail, Instant at, Source source, int attempt) {
    private static final Set<String> ADDED = Set.of("dead_reason", "dead_detail", "dead_at", "dead_source", "attempt");

    /** Why a frame is given up on. */
    public enum Reason {
        INVALID, NO_PROCESSOR, MAX_ATTEMPTS, REJECTED;

        /** The word on the wire. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Where a frame was when it was given up on. */
    public record Source(String stream, EntryId id) {
        @Override
        public String toString() {
            return stream + ' ' + id;
        }
    }

    /** The fields of the entry in the dead-letter stream. */
    public Fields encode() {
        return frame.without(ADDED).put("dead_reason", reason.word()).put("dead_detail", detail)
                .put("dead_at", Timestamps.micros(at)).put("dead_source", source.toString())
                .put("attempt", Integer.toString(attempt)).fields();
    }
}
