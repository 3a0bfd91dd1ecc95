package framebuffer.redis.queues;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a processor was last seen to do with its work queue, by Redis's clock: every instance sees the same.
 *
 * @param readAt
 *            when its groups were last seen to have read on; at first, when the queue was first looked at
 * @param acknowledgedAt
 *            when they were last seen to have acknowledged anything; what we took away does not count. At first, as above
 * @param owedSince
 *            since when something is outstanding without interruption; null: nothing is
 */
public record ProcessorActivity(Instant readAt, Instant acknowledgedAt, @Nullable Instant owedSince) {
    // What follows the three times is only for the script that compares.
    private static final Pattern FORM = Pattern.compile("(\\d{1,15}) (\\d{1,15}) (\\d{1,15})( .*)?");

    /** Reads a value of the hash {@link framebuffer.wire.Keys#activity}; null when it makes no sense. */
    public static @Nullable ProcessorActivity parse(byte[] value) {
        Matcher parts = FORM.matcher(new String(value, StandardCharsets.UTF_8));
        if (!parts.matches()) {
            return null;
        }
        long owed = Long.parseLong(parts.group(3));
        return new ProcessorActivity(moment(parts.group(1)), moment(parts.group(2)),
                owed == 0 ? null : Instant.ofEpochMilli(owed));
    }

    /** The last sign of life that this is. */
    public Instant lastSign() {
        return readAt.isAfter(acknowledgedAt) ? readAt : acknowledgedAt;
    }

    private static Instant moment(String millis) {
        return Instant.ofEpochMilli(Long.parseLong(millis));
    }
}
