package framebuffer.redis.monitoring;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.Keys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Silences of alerts, the same for all instances. Times are by Redis's clock. */
public final class SilenceStore {
    /** Longest duration of a silence. */
    public static final Duration LONGEST = Duration.ofDays(7);
    /** Most silences. */
    public static final int MOST = 100;

    private static final Script NOTE = Script.of("note_silence.lua");
    private static final Pattern VALUE = Pattern.compile("(\\d{1,15}) (\\d{1,15}) (.*)", Pattern.DOTALL);

    private SilenceStore() {
    }

    /**
     * A silence.
     *
     * @param name rule and subject, as they were given
     */
    public record StoredSilence(String name, Instant since, Instant until, String reason) {
    }

    /** Silences an alert from now on; replaces an earlier silence of the same name. False: there are {@link #MOST}. */
    public static boolean put(RedisConnection redis, Keys keys, String name, Duration duration, String reason) {
        return Replies.number(NOTE.call(redis, List.of(keys.silences()),
                List.of(name, duration.toMillis(), LONGEST.toMillis(), MOST, reason))) == 1;
    }

    /** Ends a silence; false: there is none. */
    public static boolean delete(RedisConnection redis, Keys keys, String name) {
        return Replies.number(redis.call("HDEL", keys.silences(), name)) == 1;
    }

    /** The silences that last. */
    public static List<StoredSilence> read(RedisConnection redis, Keys keys) {
        List<StoredSilence> silences = new ArrayList<>();
        Map<String, byte[]> all = Replies.map(redis.call("HGETALL", keys.silences()));
        if (all.isEmpty()) {
            return silences;
        }
        Instant now = Replies.time(redis.call("TIME"));
        all.forEach((name, value) -> {
            Matcher parts = VALUE.matcher(new String(value, StandardCharsets.UTF_8));
            if (parts.matches()) {
                Instant until = Instant.ofEpochMilli(Long.parseLong(parts.group(1)));
                if (until.isAfter(now) && !until.isAfter(now.plus(LONGEST))) {
                    silences.add(new StoredSilence(name, Instant.ofEpochMilli(Long.parseLong(parts.group(2))), until,
                            parts.group(3)));
                }
            }
        });
        return silences;
    }
}
