package framebuffer.redis.frames;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How much of its memory a Redis has used, and what it does when there is none left.
 *
 * @param used
 *            bytes
 * @param most
 *            bytes; 0: no limit
 * @param policy
 *            {@code noeviction}, or one by which it may remove frames
 * @param evicted
 *            keys that it has removed since it started
 */
public record MemoryUsage(long used, long most, String policy, long evicted) {
    private static final double FULL = 0.95;
    private static final String NONE_EVICTED = "noeviction";

    /** Asks. A Redis that does not say something has no limit and evicts nothing. */
    public static MemoryUsage read(RedisConnection redis) {
        Map<String, String> said = new HashMap<>();
        for (String section : new String[]{"memory", "stats"}) {
            Replies.text(redis.call("INFO", section)).lines().map(line -> line.split(":", 2))
                    .filter(pair -> pair.length == 2).forEach(pair -> said.put(pair[0], pair[1].strip()));
        }
        return new MemoryUsage(number(said, "used_memory"), number(said, "maxmemory"),
                said.getOrDefault("maxmemory_policy", NONE_EVICTED), number(said, "evicted_keys"));
    }

    private static long number(Map<String, String> said, String name) {
        return Long.parseLong(said.getOrDefault(name, "0"));
    }

    /** How much of what it may use it has used; 0 where there is no limit. */
    public double share() {
        return most == 0 ? 0 : (double) used / most;
    }

    /** That nearly all is used; empty: it is not. */
    public Optional<String> full() {
        return share() < FULL
                ? Optional.empty()
                : Optional.of(String.format(Locale.ROOT,
                        "Redis has used %.0f %% of its maxmemory (%d MiB): it refuses new frames until some are done",
                        100 * share(), most >> 20));
    }

    /** That it removes keys when its memory is used up; empty: it does not. */
    public Optional<String> evicts() {
        return policy.equals(NONE_EVICTED)
                ? Optional.empty()
                : Optional.of("Redis may remove frames, and our accounts of them, when its memory is used up: its"
                        + " maxmemory-policy is " + policy + ", and it must be " + NONE_EVICTED
                        + (evicted == 0 ? "" : "; keys it has evicted since it started: " + evicted));
    }
}
