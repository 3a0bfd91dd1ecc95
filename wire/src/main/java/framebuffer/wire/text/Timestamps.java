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

/** The forms of a moment on the wire: ISO 8601 (no zone means UTC), or epoch seconds or milliseconds. */
public final class Timestamps {
    /** Epoch numbers from here on are milliseconds: as seconds they would lie after the year 5138. */
    private static final long MILLIS_FROM = 100_000_000_000L;

    /** The last moment accepted, in epoch milliseconds: the year 9999. */
    public static final long LATEST_MILLIS = 253_402_300_799_999L;

    private static final DateTimeFormatter MICROS = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE).appendLiteral('T').appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.MICRO_OF_SECOND, 6, 6, true).appendLiteral('Z')
            .toFormatter(java.util.Locale.ROOT).withZone(ZoneOffset.UTC);

    private static volatile FormattedTime written = new FormattedTime(Instant.EPOCH);

    private Timestamps() {
    }

    /** Reads a moment from the year 1970 to 9999; null when the text is none. */
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

    /** The same in bytes, which are not to be changed: all frames of a batch bear one moment, so that of the last is remembered. */
    public static byte[] microsBytes(Instant moment) {
        FormattedTime last = written;
        if (!last.moment.equals(moment)) {
            last = new FormattedTime(moment);
            written = last;
        }
        return last.text;
    }

    /** A moment as it is written. Final fields, so that whoever sees one sees all of it. */
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

    /** By position: every frame that is handed off bears the time, and a formatter takes it apart again for each part. */
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

    /** {@code yyyy-MM-ddTHH:mm[:ss[.fraction]][zone]}, read by position, for every frame passes here. */
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
     * Nothing, {@code Z}, {@code +HH}, {@code +HHmm} or {@code +HH:mm}.
     *
     * @throws DateTimeException
     *             when it is anything else
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

    /** The number between two positions, or -1 when there is anything but the digits 0 to 9. */
    private static int digits(String text, int from, int to) {
        if (to > text.length() || digitsEnd(text, from) < to) {
            return -1;
        }
        return Integer.parseInt(text, from, to, 10);
    }

    /** The first position from here on that holds no digit. */
    private static int digitsEnd(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    /** One to nine digits behind a point as billionths, or -1 when there are fewer or more. */
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
