package framebuffer.redis.queues;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The activity of a processor in its work queue, by Redis's clock; the same for all instances.
 *
 * @param readAt when its groups were last seen reading; initially, the first inspection
 * @param acknowledgedAt when its groups were last seen acknowledging, without entries that we took away; initially, the first inspection
 * @param owedSince since when frames have been outstanding without interruption; null: none outstanding
 */
public record ProcessorActivity(Instant readAt, Instant acknowledgedAt, @Nullable Instant owedSince) {
    // Only the script uses the values after the three times.
    private static final Pattern FORM = Pattern.compile("(\\d{1,15}) (\\d{1,15}) (\\d{1,15})( .*)?");

    /** Parses a value of the hash {@link framebuffer.wire.Keys#activity}; null: invalid. */
    public static @Nullable ProcessorActivity parse(byte[] value) {
        Matcher parts = FORM.matcher(new String(value, StandardCharsets.UTF_8));
        if (!parts.matches()) {
            return null;
        }
        long owed = Long.parseLong(parts.group(3));
        return new ProcessorActivity(moment(parts.group(1)), moment(parts.group(2)),
                owed == 0 ? null : Instant.ofEpochMilli(owed));
    }

    /** The last sign of life in this activity. */
    public Instant lastSign() {
        return readAt.isAfter(acknowledgedAt) ? readAt : acknowledgedAt;
    }

    private static Instant moment(String millis) {
        return Instant.ofEpochMilli(Long.parseLong(millis));
    }
}
