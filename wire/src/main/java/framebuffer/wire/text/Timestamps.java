package framebuffer.wire.text;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import org.jspecify.annotations.Nullable;

/** Timestamps on the wire: ISO 8601 (without a zone: UTC), or epoch seconds or milliseconds. */
public final class Timestamps {
    /** Epoch numbers from here on are milliseconds: as seconds they would be after the year 5138. */
    private static final long MILLIS_FROM = 100_000_000_000L;

    /** The latest valid time, in epoch milliseconds: the year 9999. */
    public static final long LATEST_MILLIS = 253_402_300_799_999L;

    private static final DateTimeFormatter MICROS = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE).appendLiteral('T').appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.MICRO_OF_SECOND, 6, 6, true).appendLiteral('Z')
            .toFormatter(java.util.Locale.ROOT).withZone(ZoneOffset.UTC);

    private static volatile FormattedTime written = new FormattedTime(Instant.EPOCH);

    private Timestamps() {
    }

    /** Parses a time from 1970 to 9999; null: invalid. */
    public static @Nullable Instant parse(String text) {
        if (text.length() > 40 || text.isEmpty()) {
            return null;
        }
        Instant moment = text.length() > 4 && text.charAt(4) == '-' ? iso(text) : epoch(text);
        return moment == null || moment.isBefore(Instant.EPOCH) || moment.toEpochMilli() > LATEST_MILLIS
                ? null
                : moment;
    }

    /** ISO 8601 in UTC with microseconds: {@code 2026-11-23T12:00:00.000000Z}. */
    public static String micros(Instant moment) {
        return new String(microsBytes(moment), StandardCharsets.US_ASCII);
    }

    /** The same in bytes, which must not be changed. Caches the last time, because all frames of a batch share one. */
    public static byte[] microsBytes(Instant moment) {
        FormattedTime last = written;
        if (!last.moment.equals(moment)) {
            last = new FormattedTime(moment);
            written = last;
        }
        return last.text;
    }

    /** A time and its text. All fields are final, so that other threads never see a partial value. */
    private static final class FormattedTime {
        private final Instant moment;
        private final byte[] text;

        FormattedTime(Instant moment) {
            long second = moment.getEpochSecond();
            this.moment = moment;
            this.text = second < 0 || second > LATEST_MILLIS / 1_000
                    ? MICROS.format(moment).getBytes(StandardCharsets.US_ASCII)
                    : written(second, moment.getNano());
        }
    }

    /** Hand-written, because every hand-off writes the time, and a formatter is slower. */
    private static byte[] written(long second, int nano) {
        LocalDateTime at = LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC);
        byte[] text = {'0', '0', '0', '0', '-', '0', '0', '-', '0', '0', 'T', '0', '0', ':', '0', '0', ':', '0', '0',
                '.',
                '0', '0', '0', '0', '0', '0', 'Z'};
        write(text, 4, at.getYear());
        write(text, 7, at.getMonthValue());
        write(text, 10, at.getDayOfMonth());
        write(text, 13, at.getHour());
        write(text, 16, at.getMinute());
        write(text, 19, at.getSecond());
        write(text, 26, nano / 1_000);
        return text;
    }

    private static void write(byte[] text, int end, int number) {
        int at = end;
        for (int rest = number; rest > 0; rest /= 10) {
            text[--at] += (byte) (rest % 10);
        }
    }

    /** Parses {@code yyyy-MM-ddTHH:mm[:ss[.fraction]][zone]} by position, because this runs for every frame. */
    private static @Nullable Instant iso(String text) {
        if (text.length() < 16 || text.charAt(7) != '-' || (text.charAt(10) != 'T' && text.charAt(10) != ' ')
                || text.charAt(13) != ':') {
            return null;
        }
        boolean seconds = text.length() > 16 && text.charAt(16) == ':';
        int second = seconds ? digits(text, 17, 19) : 0;
        boolean fraction = seconds && text.length() > 19 && (text.charAt(19) == '.' || text.charAt(19) == ',');
        int zoneAt = fraction ? digitsEnd(text, 20) : seconds ? 19 : 16;
        int nanos = fraction ? nanos(text, 20, zoneAt) : 0;
        if (second < 0 || nanos < 0) {
            return null;
        }
        try {
            return LocalDateTime.of(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10), digits(text, 11, 13),
                    digits(text, 14, 16), second, nanos).toInstant(zone(text.substring(zoneAt)));
        } catch (DateTimeException e) {
            return null;
        }
    }

    /**
     * Parses an empty zone, {@code Z}, {@code +HH}, {@code +HHmm} or {@code +HH:mm}.
     *
     * @throws DateTimeException for any other text
     */
    private static ZoneOffset zone(String text) {
        if (text.length() == 2 || text.length() > 6) {
            throw new DateTimeException("no zone: " + text);
        }
        return text.isEmpty() ? ZoneOffset.UTC : ZoneOffset.of(text);
    }

    private static @Nullable Instant epoch(String text) {
        int end = digitsEnd(text, 0);
        boolean fraction = end < text.length() && text.charAt(end) == '.';
        int last = fraction ? digitsEnd(text, end + 1) : end;
        if (end == 0 || end > 18 || last < text.length() || last == end + 1) {
            return null;
        }
        long number = Long.parseLong(text, 0, end, 10);
        int nanos = fraction ? nanos(text, end + 1, Math.min(last, end + 10)) : 0;
        return number >= MILLIS_FROM
                ? Instant.ofEpochMilli(number).plusNanos(nanos / 1_000)
                : Instant.ofEpochSecond(number, nanos);
    }

    /** The number between two positions; -1: not only digits 0 to 9. */
    private static int digits(String text, int from, int to) {
        if (to > text.length() || digitsEnd(text, from) < to) {
            return -1;
        }
        return Integer.parseInt(text, from, to, 10);
    }

    /** The first position from here on without a digit. */
    private static int digitsEnd(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    /** One to nine digits after a point, in billionths; -1: another number of digits. */
    private static int nanos(String text, int from, int to) {
        if (to == from || to - from > 9) {
            return -1;
        }
        int nanos = Integer.parseInt(text, from, to, 10);
        for (int i = to - from; i < 9; i++) {
            nanos *= 10;
        }
        return nanos;
    }
}
