package framebuffer.streams.work;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.Replies;
import framebuffer.streams.Script;
import framebuffer.wire.Keys;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Removes from work queues what processors acknowledged without deleting it, and counts it as done. Looks at a bounded number of
 * entries a call and goes on from there at the next.
 */
public final class Sweep {
    /** Entries looked at in one call. */
    public static final int ENTRIES = 200;

    private static final Script SCRIPT = Script.freeing("ledger.lua", "sweep.lua");

    private final Keys keys;
    private final Map<String, String> cursors = new HashMap<>();

    public Sweep(Keys keys) {
        this.keys = keys;
    }

    /** Sweeps one queue; answers how many entries were removed. */
    public int sweep(RedisConnection redis, String processor, String queue) {
        List<?> reply = Replies.list(SCRIPT.call(redis, List.of(queue, keys.ledger(), keys.parts(), keys.completed()),
                List.of(processor, cursors.getOrDefault(queue, "0-0"), ENTRIES)));
        cursors.put(queue, Replies.text(reply.get(1)));
        return (int) Replies.number(reply.getFirst());
    }

    /** Forgets how far the queues not named here were swept. */
    public void keepOnly(java.util.Collection<String> queues) {
        cursors.keySet().retainAll(queues);
    }
}
