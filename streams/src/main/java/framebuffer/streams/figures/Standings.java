package framebuffer.streams.figures;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.Replies;
import framebuffer.streams.Script;
import framebuffer.wire.Keys;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Notices that others removed entries from work queues, and remembers how far each had got before; whatever their length, at the same cost. */
public final class Standings {
    private static final Script SCRIPT = Script.reading("ids.lua", "standings.lua");
    private static final int PER_QUEUE = 4;

    private final Keys keys;
    private final Map<String, Standing> before = new HashMap<>();

    /**
     * How far a queue's groups had got when nothing was missing from it.
     *
     * @param position
     *            up to where they had read
     * @param left
     *            how many entries had left it by steps of ours
     */
    public record Standing(String position, long pending, long left) {
    }

    public Standings(Keys keys) {
        this.keys = keys;
    }

    /** Looks at these queues; answers whether entries are missing from one that no step of ours removed. */
    public boolean look(RedisConnection redis, Collection<String> queues) {
        before.keySet().retainAll(queues);
        if (queues.isEmpty()) {
            return false;
        }
        List<Object> touched = new ArrayList<>(List.of(keys.taken()));
        touched.addAll(queues);
        List<?> reply = Replies.list(SCRIPT.call(redis, touched, List.of()));
        boolean missing = false;
        int at = 0;
        for (String queue : queues) {
            if (Replies.number(reply.get(at)) == 1) {
                missing = true;
            } else {
                before.put(queue, new Standing(Replies.text(reply.get(at + 1)), Replies.number(reply.get(at + 2)),
                        Replies.number(reply.get(at + 3))));
            }
            at += PER_QUEUE;
        }
        return missing;
    }

    /** Where each queue stood when nothing was missing from it; those that have not been looked at are not named. */
    public Map<String, Standing> known() {
        return Map.copyOf(before);
    }
}
