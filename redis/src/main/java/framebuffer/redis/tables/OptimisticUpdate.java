package framebuffer.redis.tables;

import framebuffer.redis.RedisConnection;
import java.util.List;
import java.util.function.Supplier;

/**
 * Changes Redis as if alone: looks, decides, and writes only if nothing it looked at has changed meanwhile; otherwise it looks again.
 */
public final class OptimisticUpdate {
    private OptimisticUpdate() {
    }

    /**
     * What one look led to.
     *
     * @param answer
     *            what is answered
     * @param writes
     *            what makes it true, in one step; empty: nothing is to be changed
     */
    public record Attempt<T>(T answer, List<List<Object>> writes) {
        /** Nothing is to be changed. */
        public static <T> Attempt<T> only(T answer) {
            return new Attempt<>(answer, List.of());
        }
    }

    /**
     * Attempts it until it is done. It has no limit of its own: each failed attempt is another's success, and the turns of others are
     * few.
     *
     * @param watched
     *            the keys that {@code look} depends on
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
