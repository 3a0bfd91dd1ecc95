package framebuffer.streams.work;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisRefused;
import framebuffer.streams.Replies;
import framebuffer.streams.Script;
import framebuffer.streams.trouble.RedisTroubles;
import framebuffer.wire.Keys;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Removes from work queues what processors acknowledged without deleting it, and counts it as done. Looks at a bounded number of
 * entries a call and goes on from there at the next.
 */
public final class Sweep {
    /** Entries looked at in one call. */
    public static final int ENTRIES = 200;

    /** Redis's counts tell at once that there is nothing to remove, but can be wrong: every so many calls the entries are looked at. */
    public static final int LOOK_EVERY = 20;

    private static final Script SCRIPT = Script.freeing("ids.lua", "ledger.lua", "circuits.lua", "all_owed.lua",
            "sweep.lua");
    private static final Script NEEDED = Script.reading("all_owed.lua", "sweep_needed.lua");
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

    /** What came of sweeping a queue. */
    public sealed interface Swept {
    }

    /** So many entries were removed. */
    public record Removed(int entries) implements Swept {
    }

    /** Nothing was: the queue's key, or one of ours, is of a wrong type. */
    public record Refused(String why) implements Swept {
    }

    /**
     * Sweeps queues, all at once. Most need it seldom, which is asked of all of them in one step first.
     *
     * @param processors
     *            queue → whose it is
     */
    public Map<String, Swept> sweep(RedisConnection redis, Map<String, String> processors) {
        List<String> all = List.copyOf(processors.keySet());
        if (all.isEmpty()) {
            return Map.of();
        }
        String needed = Replies.text(NEEDED.call(redis, all, List.of()));
        Map<String, Swept> swept = LinkedHashMap.newLinkedHashMap(all.size());
        List<String> queues = new ArrayList<>();
        for (int q = 0; q < all.size(); q++) {
            Progress sofar = sofar(all.get(q));
            if (needed.charAt(q) == '1' || sofar.looks()) {
                queues.add(all.get(q));
            } else {
                progress.put(all.get(q), new Progress(START, sofar.calls() + 1));
                swept.put(all.get(q), new Removed(0));
            }
        }
        List<@Nullable Object> replies = SCRIPT.callAll(redis, queues.stream().map(queue -> {
            Progress sofar = sofar(queue);
            return new Script.Call(List.of(queue, keys.ledger(), keys.parts(), keys.completed(), keys.circuits()),
                    List.of(String.valueOf(processors.get(queue)), sofar.cursor(), ENTRIES, sofar.looks() ? 1 : 0));
        }).toList());
        for (int q = 0; q < queues.size(); q++) {
            swept.put(queues.get(q), replies.get(q) instanceof RedisRefused refused
                    ? refused(refused)
                    : removed(queues.get(q), Replies.list(replies.get(q))));
        }
        return swept;
    }

    /** What Redis refuses to everybody is no matter of one queue: it is said once, and tried again later. */
    private static Refused refused(RedisRefused refused) {
        if (RedisTroubles.isOfTheServer(refused.code())) {
            throw refused;
        }
        return new Refused(String.valueOf(refused.getMessage()));
    }

    private Progress sofar(String queue) {
        return progress.getOrDefault(queue, new Progress(START, 1));
    }

    private Swept removed(String queue, List<?> reply) {
        int calls = sofar(queue).calls();
        progress.put(queue, new Progress(Replies.text(reply.get(1)), calls + 1));
        return new Removed((int) Replies.number(reply.getFirst()));
    }

    /** Whether the entries of some queue have been looked at in part. */
    public boolean goesOn() {
        return progress.values().stream().anyMatch(one -> !one.cursor().equals(START));
    }

    /** Forgets how far the queues not named here were swept. */
    public void keepOnly(Collection<String> queues) {
        progress.keySet().retainAll(queues);
    }
}
