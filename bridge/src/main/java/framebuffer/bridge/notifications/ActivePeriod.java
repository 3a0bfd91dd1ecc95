package framebuffer.bridge.notifications;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of each day; it may reach over midnight.
 *
 * @param from its first minute
 * @param to the minute after its last; equal to {@code from}: the whole day
 */
public record ActivePeriod(LocalTime from, LocalTime to, ZoneId zone) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,2}):(\\d{2})-(\\d{1,2}):(\\d{2})");

    /**
     * Parses {@code 22:00-06:00}.
     *
     * @throws IllegalArgumentException when the text has another form
     */
    public static ActivePeriod parse(String text, ZoneId zone) {
        Matcher parts = FORM.matcher(text.strip());
        try {
            if (parts.matches()) {
                return new ActivePeriod(time(parts.group(1), parts.group(2)), time(parts.group(3), parts.group(4)),
                        zone);
            }
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("hours must be written 22:00-06:00, not " + text, e);
        }
        throw new IllegalArgumentException("hours must be written 22:00-06:00, not " + text);
    }

    private static LocalTime time(String hour, String minute) {
        int hours = Integer.parseInt(hour);
        return LocalTime.of(hours == 24 && minute.equals("00") ? 0 : hours, Integer.parseInt(minute));
    }

    /** Whether this moment is within. */
    boolean contains(Instant moment) {
        LocalTime time = moment.atZone(zone).toLocalTime();
        if (from.equals(to)) {
            return true;
        }
        return from.isBefore(to)
                ? !time.isBefore(from) && time.isBefore(to)
                : !time.isBefore(from) || time.isBefore(to);
    }

    /** As in a file, with the time zone. */
    @Override
    public String toString() {
        return from + "-" + to + " " + zone;
    }
}
