package framebuffer.wire;

import java.time.Instant;

/**
 * The id of a stream entry: the server's clock in milliseconds when it was added, and a sequence number within that millisecond.
 *
 * @param millis
 *            milliseconds since 1970, unsigned 64 bits
 * @param sequence
 *            unsigned 64 bits
 */
public record EntryId(long millis, long sequence) implements Comparable<EntryId> {
    /** Before every entry of every stream. */
    public static final EntryId FIRST = new EntryId(0, 0);

    /**
     * Reads {@code 1700000000000-0}; without a sequence it is 0.
     *
     * @throws IllegalArgumentException
     *             when the text is no entry id
     */
    public static EntryId parse(String text) {
        int dash = text.indexOf('-');
        if (text.chars().anyMatch(c -> c != '-' && (c < '0' || c > '9'))) {
            throw new IllegalArgumentException("not an entry id: " + text);
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

    /** When the entry was added, by the clock of the Redis server; an id that somebody made up may lie at the end of all time. */
    public Instant time() {
        return Instant.ofEpochMilli(millis < 0 ? Timestamps.LATEST_MILLIS : Math.min(millis, Timestamps.LATEST_MILLIS));
    }

    @Override
    public int compareTo(EntryId other) {
        int byTime = Long.compareUnsigned(millis, other.millis);
        return byTime != 0 ? byTime : Long.compareUnsigned(sequence, other.sequence);
    }

    /** The form in which Redis writes it: {@code 1700000000000-0}. */
    @Override
    public String toString() {
        return Long.toUnsignedString(millis) + '-' + Long.toUnsignedString(sequence);
    }
}
