package framebuffer.orchestrator.registry;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.SmallWrites;
import java.util.List;
import java.util.function.Supplier;

/**
 * Changes Redis as if alone: looks, decides, and writes only if nothing it looked at has changed meanwhile; otherwise it looks again.
 */
final class Attempts {
    private Attempts() {
    }

    /**
     * What one look led to.
     *
     * @param answer
     *            what is answered
     * @param writes
     *            what makes it true, in one step; empty: nothing is to be changed
     */
    record Step<T>(T answer, List<List<Object>> writes) {
        /** Nothing is to be changed. */
        static <T> Step<T> only(T answer) {
            return new Step<>(answer, List.of());
        }
    }

    /**
     * Attempts it until it is done. It has no limit of its own: each failed attempt is another's success, and the turns of others are
     * few.
     *
     * @param watched
     *            the keys that {@code look} depends on
     */
    static <T> T until(RedisConnection redis, List<String> watched, Supplier<Step<T>> look) {
        while (true) {
            String state = SmallWrites.state(redis, watched);
            Step<T> step = look.get();
            if (step.writes().isEmpty() || SmallWrites.executeIf(redis, watched, state, step.writes()) != null) {
                return step.answer();
            }
        }
    }
}
