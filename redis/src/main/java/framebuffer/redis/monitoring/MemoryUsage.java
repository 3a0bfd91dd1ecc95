package framebuffer.redis.monitoring;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The memory usage and eviction policy of a Redis.
 *
 * @param used bytes
 * @param most bytes; 0: no limit
 * @param policy {@code noeviction}, or a policy that may remove frames
 * @param evicted keys evicted since it started
 */
public record MemoryUsage(long used, long most, String policy, long evicted) {
    private static final double FULL = 0.95;
    private static final String NONE_EVICTED = "noeviction";

    /** Reads the usage. Missing values mean: no limit, no eviction. */
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

    /** The used fraction of the limit; 0 without a limit. */
    public double share() {
        return most == 0 ? 0 : (double) used / most;
    }

    /** A warning if the memory is nearly full. */
    public Optional<String> full() {
        return share() < FULL
                ? Optional.empty()
                : Optional.of(String.format(Locale.ROOT,
                        "Redis has used %.0f %% of its maxmemory (%d MiB): it refuses new frames until some are done",
                        100 * share(), most >> 20));
    }

    /** A warning if Redis evicts keys when its memory is full. */
    public Optional<String> evicts() {
        return policy.equals(NONE_EVICTED)
                ? Optional.empty()
                : Optional.of("Redis may remove frames and ledger data when its memory is full: its"
                        + " maxmemory-policy is " + policy + ", and it must be " + NONE_EVICTED
                        + (evicted == 0 ? "" : "; keys it has evicted since it started: " + evicted));
    }
}
