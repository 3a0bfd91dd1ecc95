package framebuffer.redis.tables;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.Keys;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The circuits of all processors as text, shared by all instances; of concurrent changes one wins. A processor without an entry has a
 * closed circuit without failures, the empty text here.
 */
public final class CircuitStore {
    private static final Script MOVE = Script.of("move_circuit.lua");

    private final Keys keys;

    public CircuitStore(Keys keys) {
        this.keys = keys;
    }

    /** Processor → circuit, without closed circuits that have no failures. */
    public Map<String, String> read(RedisConnection redis) {
        Map<String, String> circuits = new HashMap<>();
        Replies.map(redis.call("HGETALL", keys.circuits()))
                .forEach((processor, circuit) -> circuits.put(processor, Replies.text(circuit)));
        return circuits;
    }

    /** Changes a circuit if it is still the one that was seen; otherwise returns false. */
    public boolean move(RedisConnection redis, String processor, String seen, String next) {
        return move(redis, List.of(processor, seen, next, 0));
    }

    /**
     * Removes an unchanged circuit of an unregistered processor; returns false if the processor is registered or the circuit has changed.
     */
    public boolean forget(RedisConnection redis, String processor, String seen) {
        return move(redis, List.of(processor, seen, "", 1));
    }

    private boolean move(RedisConnection redis, List<?> arguments) {
        return Replies.number(MOVE.call(redis, List.of(keys.circuits(), keys.registry()), arguments)) == 1;
    }
}
