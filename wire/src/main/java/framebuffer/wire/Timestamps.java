package framebuffer.wire;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import org.jspecify.annotations.Nullable;

/** The forms of a moment on the wire: ISO 8601 (no zone means UTC), or epoch seconds or milliseconds. */
public final class Timestamps {
    /** Epoch numbers from here on are milliseconds: as seconds they would lie after the year 5138. */
    private static final double MILLIS_FROM = 1e11;

    /** The last moment accepted, in epoch milliseconds: the year 9999. */
    private static final double LATEST_MILLIS = 253_402_300_799_999d;

    private static final DateTimeFormatter READ = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral('T').append(DateTimeFormatter.ISO_LOCAL_TIME).optionalStart().appendOffset("+HH:mm", "Z")
            .optionalEnd().optionalStart().appendOffset("+HHmm", "Z").optionalEnd().optionalStart()
            .appendOffset("+HH", "Z").optionalEnd().toFormatter(java.util.Locale.ROOT);

    private static final DateTimeFormatter MICROS = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE).appendLiteral('T').appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.MICRO_OF_SECOND, 6, 6, true).appendLiteral('Z')
            .toFormatter(java.util.Locale.ROOT).withZone(ZoneOffset.UTC);

    private Timestamps() {
    }

    /** Reads a moment from the year 1970 to 9999; null when the text is none. */
    public static @Nullable Instant parse(String text) {
        if (text.length() > 40 || text.isEmpty()) {
            return null;
        }
        return text.indexOf('-', 1) > 0 && text.indexOf(':') > 0 ? iso(text) : epoch(text);
    }

    /** ISO 8601 in UTC with microseconds: {@code 2026-11-23T12:00:00.000000Z}. */
    public static String micros(Instant moment) {
        return MICROS.format(moment);
    }

    private static @Nullable Instant iso(String text) {
        try {
            String upper = text.charAt(10) == ' ' ? text.substring(0, 10) + 'T' + text.substring(11) : text;
            TemporalAccessor read = READ.parseBest(upper, OffsetDateTime::from, LocalDateTime::from);
            Instant moment = read instanceof OffsetDateTime withZone
                    ? withZone.toInstant()
                    : LocalDateTime.from(read).toInstant(ZoneOffset.UTC);
            return moment.isBefore(Instant.EPOCH) || moment.toEpochMilli() > LATEST_MILLIS ? null : moment;
        } catch (DateTimeException | IndexOutOfBoundsException e) {
            return null;
        }
    }

    private static @Nullable Instant epoch(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && c != '.') {
                return null;
            }
        }
        try {
            double number = Double.parseDouble(text);
            double millis = number >= MILLIS_FROM ? number : number * 1_000;
            return millis <= LATEST_MILLIS
                    ? Instant.ofEpochMilli((long) millis).plusNanos((long) ((millis - (long) millis) * 1e6))
                    : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
