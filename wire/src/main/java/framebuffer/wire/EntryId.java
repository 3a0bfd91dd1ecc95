package framebuffer.wire;

import framebuffer.wire.text.Timestamps;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * The id of a stream entry: the server's clock in milliseconds when it was added, and a sequence number within that millisecond.
 *
 * @param millis milliseconds since 1970, unsigned 64 bits
 * @param sequence unsigned 64 bits
 */
public record EntryId(long millis, long sequence) implements Comparable<EntryId> {
    /** Numbers with this many digits cannot overflow. */
    private static final int SAFE_DIGITS = 18;

    /** The id before all entries of a stream. */
    public static final EntryId FIRST = new EntryId(0, 0);

    /**
     * Parses {@code 1700000000000-0}; a missing sequence is 0.
     *
     * @throws IllegalArgumentException when the text is not an entry id
     */
    public static EntryId parse(String text) {
        int dash = text.indexOf('-');
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c != '-' && (c < '0' || c > '9')) {
                throw new IllegalArgumentException("not an entry id: " + text);
            }
        }
        try {
            return dash < 0
                    ? new EntryId(Long.parseUnsignedLong(text), 0)
                    : new EntryId(Long.parseUnsignedLong(text, 0, dash, 10),
                            Long.parseUnsignedLong(text, dash + 1, text.length(), 10));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not an entry id: " + text, e);
        }
    }

    /** Parses an id from bytes, as Redis sends it. */
    public static EntryId parse(byte[] text) {
        long millis = 0;
        for (int at = 0; at < text.length; at++) {
            if (text[at] == '-' && at > 0 && at <= SAFE_DIGITS && text.length - at - 1 <= SAFE_DIGITS
                    && at < text.length - 1) {
                return withSequence(millis, text, at + 1);
            }
            if (text[at] < '0' || text[at] > '9') {
                break;
            }
            millis = millis * 10 + text[at] - '0';
        }
        return parse(new String(text, StandardCharsets.ISO_8859_1));
    }

    private static EntryId withSequence(long millis, byte[] text, int from) {
        long sequence = 0;
        for (int at = from; at < text.length; at++) {
            if (text[at] < '0' || text[at] > '9') {
                return parse(new String(text, StandardCharsets.ISO_8859_1));
            }
            sequence = sequence * 10 + text[at] - '0';
        }
        return new EntryId(millis, sequence);
    }

    /** When the entry was added, by the clock of the Redis server; for an id chosen by a producer, any time. */
    public Instant time() {
        return Instant.ofEpochMilli(epochMillis());
    }

    /** {@link #time}, in milliseconds since 1970. */
    public long epochMillis() {
        return millis < 0 ? Timestamps.LATEST_MILLIS : Math.min(millis, Timestamps.LATEST_MILLIS);
    }

    @Override
    public int compareTo(EntryId other) {
        int byTime = Long.compareUnsigned(millis, other.millis);
        return byTime != 0 ? byTime : Long.compareUnsigned(sequence, other.sequence);
    }

    /** {@link #toString}, in bytes. */
    public byte[] toBytes() {
        if (millis < 0 || sequence < 0) {
            return toString().getBytes(StandardCharsets.ISO_8859_1);
        }
        int behind = digits(sequence);
        byte[] text = new byte[digits(millis) + 1 + behind];
        write(text, text.length, sequence);
        text[text.length - behind - 1] = '-';
        write(text, text.length - behind - 1, millis);
        return text;
    }

    private static int digits(long number) {
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        return digits;
    }

    private static void write(byte[] text, int end, long number) {
        int at = end;
        long rest = number;
        do {
            text[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
    }

    /** Writes {@link #toString} to the buffer. */
    public void appendTo(StringBuilder text) {
        if (millis < 0 || sequence < 0) {
            text.append(this);
        } else {
            text.append(millis).append('-').append(sequence);
        }
    }

    /** The form in which Redis writes it: {@code 1700000000000-0}. */
    @Override
    public String toString() {
        return Long.toUnsignedString(millis) + '-' + Long.toUnsignedString(sequence);
    }
}
