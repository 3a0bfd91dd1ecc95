package framebuffer.redis.tables;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.Keys;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The circuits of all processors, as texts: every instance sees the same, and of several that move one on, one does. Who is not on the
 * board is closed and has not failed, and is the empty text here.
 */
public final class CircuitStore {
    private static final Script MOVE = Script.of("move_circuit.lua");

    private final Keys keys;

    public CircuitStore(Keys keys) {
        this.keys = keys;
    }

    /** Processor → circuit; closed ones that have not failed are not there. */
    public Map<String, String> read(RedisConnection redis) {
        Map<String, String> circuits = new HashMap<>();
        Replies.map(redis.call("HGETALL", keys.circuits()))
                .forEach((processor, circuit) -> circuits.put(processor, Replies.text(circuit)));
        return circuits;
    }

    /** Moves one on, if it still is as it was seen; false when it is not. */
    public boolean move(RedisConnection redis, String processor, String seen, String next) {
        return move(redis, List.of(processor, seen, next, 0));
    }

    /** Forgets one as it was seen, if there is no such processor; false when there is, or it has changed. */
    public boolean forget(RedisConnection redis, String processor, String seen) {
        return move(redis, List.of(processor, seen, "", 1));
    }

    private boolean move(RedisConnection redis, List<?> arguments) {
        return Replies.number(MOVE.call(redis, List.of(keys.circuits(), keys.registry()), arguments)) == 1;
    }
}
