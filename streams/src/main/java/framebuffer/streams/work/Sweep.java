package framebuffer.streams.work;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.Replies;
import framebuffer.streams.Script;
import framebuffer.wire.Keys;
import java.util.Collection;
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

    /** Redis's counts tell at once that there is nothing to remove, but can be wrong: every so many calls the entries are looked at. */
    public static final int LOOK_EVERY = 20;

    private static final Script SCRIPT = Script.freeing("ids.lua", "ledger.lua", "sweep.lua");
    private static final String START = "0-0";

    private final Keys keys;
    private final Map<String, Progress> progress = new HashMap<>();

    private record Progress(String cursor, int calls) {
        boolean looks() {
            return calls % LOOK_EVERY == 0 || !cursor.equals(START);
        }
    }

    public Sweep(Keys keys) {
        this.keys = keys;
    }

    /** Sweeps one queue; answers how many entries were removed. */
    public int sweep(RedisConnection redis, String processor, String queue) {
        Progress sofar = progress.getOrDefault(queue, new Progress(START, 1));
        List<?> reply = Replies.list(SCRIPT.call(redis, List.of(queue, keys.ledger(), keys.parts(), keys.completed()),
                List.of(processor, sofar.cursor(), ENTRIES, sofar.looks() ? 1 : 0)));
        progress.put(queue, new Progress(Replies.text(reply.get(1)), sofar.calls() + 1));
        return (int) Replies.number(reply.getFirst());
    }

    /** Forgets how far the queues not named here were swept. */
    public void keepOnly(Collection<String> queues) {
        progress.keySet().retainAll(queues);
    }
}
