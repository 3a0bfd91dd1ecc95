package framebuffer.redis.frames;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.Decoded;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Finds all work queues that may hold frames: of current and former processors, and all other targets of hand-offs. */
public final class QueueDiscovery {
    private static final String HANDED = "handed:";

    private QueueDiscovery() {
    }

    /** Queue (a key) → its processor; empty: unknown. */
    public static Map<String, String> read(RedisConnection redis, Keys keys) {
        Map<String, String> queues = new TreeMap<>();
        Replies.map(redis.call("HGETALL", keys.taken())).keySet().stream()
                .filter(field -> field.startsWith(HANDED) && !field.equals(HANDED + keys.returned())
                        && !field.equals(HANDED + keys.deferred()))
                .forEach(field -> queues.put(field.substring(HANDED.length()), ""));
        for (String hash : List.of(keys.departed(), keys.registry())) {
            Replies.map(redis.call("HGETALL", hash)).values().forEach(json -> {
                if (Registration.decode(json) instanceof Decoded.Valid<Registration>(Registration there)) {
                    queues.put(keys.queue(there.queue()), there.id());
                }
            });
        }
        return queues;
    }
}
