package framebuffer.redis.tables;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes that must succeed even when Redis's memory is full, because they help to free memory, such as registrations and operator switches.
 * Redis would refuse plain commands and {@code MULTI}, so a script executes them in one step. Each command begins with its verb and its
 * key, and writes little to a bounded key.
 */
public final class EssentialWrites {
    private static final Script WRITE = Script.of("describe_state.lua", "execute_writes.lua");
    private static final Script STATE = Script.reading("describe_state.lua", "read_state.lua");

    private EssentialWrites() {
    }

    /** Executes the commands; returns the reply to each. */
    public static List<@Nullable Object> execute(RedisConnection redis, List<List<Object>> commands) {
        return Objects.requireNonNull(executeIf(redis, List.of(), "", commands));
    }

    /** A short digest of these keys (hashes and streams). */
    public static String state(RedisConnection redis, List<String> keys) {
        return Replies.text(STATE.call(redis, keys, List.of()));
    }

    /**
     * Executes the commands unless the keys that they depend on have changed.
     *
     * @param state digest of {@code keys}, from {@link #state}
     * @return the reply to each; null when a key has changed and nothing was done
     */
    public static @Nullable List<@Nullable Object> executeIf(RedisConnection redis, List<String> keys, String state,
            List<List<Object>> commands) {
        List<Object> touched = new ArrayList<>(keys);
        List<Object> line = new ArrayList<>(List.of(keys.size(), state));
        for (List<Object> command : commands) {
            touched.add(command.get(1));
            line.add(command.getFirst());
            line.add(command.size() - 2);
            line.addAll(command.subList(2, command.size()));
        }
        Object replies = WRITE.call(redis, touched, line);
        return replies == null ? null : new ArrayList<>(Replies.list(replies));
    }
}
