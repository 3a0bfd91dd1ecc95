package framebuffer.redis.tables;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Commands that must be obeyed although Redis's memory is used up, for without them none would come free: who registers, what an
 * operator switches. As commands of their own Redis refuses them then, and all that is inside {@code MULTI}. So a script executes them, in
 * one step. Each command begins with its verb and its key, and writes little to what is bounded.
 */
public final class EssentialWrites {
    private static final Script WRITE = Script.of("describe_state.lua", "execute_writes.lua");
    private static final Script STATE = Script.reading("describe_state.lua", "read_state.lua");

    private EssentialWrites() {
    }

    /** Executes them; answers the reply to each. */
    public static List<@Nullable Object> execute(RedisConnection redis, List<List<Object>> commands) {
        return Objects.requireNonNull(executeIf(redis, List.of(), "", commands));
    }

    /** What these keys hold, hashes and streams, in a few characters. */
    public static String state(RedisConnection redis, List<String> keys) {
        return Replies.text(STATE.call(redis, keys, List.of()));
    }

    /**
     * Executes them if nobody has changed what they depend on.
     *
     * @param state
     *            what {@code keys} held, by {@link #state}
     * @return the reply to each; null when it was changed: nothing was done
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
