package framebuffer.redis.testing;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The cost of steps in Redis: the processor time of its main thread, by its own record. The time in SLOWLOG is of no use for a test, because
 * it includes the time in which a busy machine runs other processes.
 */
public final class StepCost {
    private static final int ROUNDS = 3;

    private StepCost() {
    }

    /** The longest of the steps; a step returns whether more follow. The best of three rounds, in which the steps cost the same. */
    public static Duration longest(RedisConnection redis, BooleanSupplier step) {
        List<Duration> rounds = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            Duration longest = Duration.ZERO;
            for (boolean more = true; more;) {
                Duration before = used(redis);
                more = step.getAsBoolean();
                Duration cost = used(redis).minus(before);
                longest = cost.compareTo(longest) > 0 ? cost : longest;
            }
            rounds.add(longest);
        }
        return rounds.stream().min(Comparator.naturalOrder()).orElseThrow();
    }

    /** The processor time that the main thread has used until now. */
    public static Duration used(RedisConnection redis) {
        return Duration.ofNanos((long) (Replies.text(redis.call("INFO", "cpu")).lines()
                .filter(line -> line.startsWith("used_cpu_") && line.contains("_main_thread:"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(':') + 1))).sum() * 1e9));
    }
}
