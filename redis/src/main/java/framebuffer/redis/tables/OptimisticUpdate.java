package framebuffer.redis.tables;

import framebuffer.redis.RedisConnection;
import java.util.List;
import java.util.function.Supplier;

/** An optimistic update: reads, decides, and writes only if the keys it read have not changed; otherwise starts again. */
public final class OptimisticUpdate {
    private OptimisticUpdate() {
    }

    /**
     * The decision after a read.
     *
     * @param answer the return value
     * @param writes commands to execute in one step; empty: none
     */
    public record Attempt<T>(T answer, List<List<Object>> writes) {
        /** A decision without writes. */
        public static <T> Attempt<T> only(T answer) {
            return new Attempt<>(answer, List.of());
        }
    }

    /**
     * Repeats the update until it succeeds. No limit is needed: each failed attempt means another update succeeded, and these are few.
     *
     * @param watched keys that {@code look} depends on
     */
    public static <T> T until(RedisConnection redis, List<String> watched, Supplier<Attempt<T>> look) {
        while (true) {
            String state = EssentialWrites.state(redis, watched);
            Attempt<T> step = look.get();
            if (step.writes().isEmpty() || EssentialWrites.executeIf(redis, watched, state, step.writes()) != null) {
                return step.answer();
            }
        }
    }
}
