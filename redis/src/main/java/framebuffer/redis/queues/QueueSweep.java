package framebuffer.redis.queues;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisFaults;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
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
public final class QueueSweep {
    /** Entries looked at in one call. */
    public static final int ENTRIES = 200;

    /**
     * Redis's counts tell at once that there is nothing to remove, but can be wrong: where something has changed since, the entries are
     * looked at after so many calls.
     */
    public static final int LOOK_EVERY = 20;

    /** Queues whose entries are looked at in one call although the counts say that there is nothing to remove. */
    private static final int DOUBTED_AT_ONCE = 5;

    private static final Script SCRIPT = Script.of("ids.lua", "ledger.lua", "circuits.lua", "sweep_queue.lua");
    private static final Script NEEDED = Script.reading("check_all_owed.lua", "check_sweep_due.lua");
    private static final String START = "0-0";

    private final Keys keys;
    private final Map<String, SweepProgress> progress = new HashMap<>();

    /**
     * How far a queue was swept.
     *
     * @param cursor
     *            where its entries are to be looked at next
     * @param calls
     *            how many calls ago they were last looked at
     * @param began
     *            how it stood when this was begun at its first entry
     * @param settled
     *            how it stood when all of it had been looked at: while it stands so, nothing has been acknowledged
     * @param needed
     *            whether the counts say that something is to be found
     */
    private record SweepProgress(String cursor, int calls, String began, String settled, boolean needed) {
        static final SweepProgress NONE = new SweepProgress(START, 1, "", "", false);

        boolean goesOn() {
            return !cursor.equals(START);
        }

        SweepProgress begun(String stands, boolean byCounts) {
            return new SweepProgress(cursor, calls, goesOn() ? began : stands, settled, byCounts);
        }

        SweepProgress passed() {
            return new SweepProgress(cursor, calls + 1, began, settled, false);
        }

        SweepProgress lookedUpTo(String next) {
            return new SweepProgress(next, 0, began, next.equals(START) ? began : settled, needed);
        }
    }

    public QueueSweep(Keys keys) {
        this.keys = keys;
    }

    /** What came of sweeping a queue. */
    public sealed interface SweepResult {
    }

    /** So many entries were removed. */
    public record Removed(int entries) implements SweepResult {
    }

    /** Nothing was: the queue's key, or one of ours, is of a wrong type. */
    public record SweepRefused(String why) implements SweepResult {
    }

    /**
     * Sweeps queues, all at once. Most need it seldom, which is asked of all of them in one step first.
     *
     * @param processors
     *            queue → whose it is
     */
    public Map<String, SweepResult> sweep(RedisConnection redis, Map<String, String> processors) {
        List<String> all = List.copyOf(processors.keySet());
        if (all.isEmpty()) {
            return Map.of();
        }
        List<?> standing = Replies.list(NEEDED.call(redis, all, List.of()));
        Map<String, SweepResult> swept = LinkedHashMap.newLinkedHashMap(all.size());
        List<String> queues = new ArrayList<>();
        int doubted = (int) progress.values().stream().filter(SweepProgress::goesOn).count();
        for (int q = 0; q < all.size(); q++) {
            SweepProgress sofar = progress.getOrDefault(all.get(q), SweepProgress.NONE);
            String says = Replies.text(standing.get(q));
            String stands = says.substring(1);
            boolean byCounts = says.charAt(0) == '1';
            boolean doubt = !byCounts && !sofar.goesOn() && sofar.calls() >= LOOK_EVERY && doubted < DOUBTED_AT_ONCE;
            if (!stands.equals(sofar.settled()) && (byCounts || sofar.goesOn() || doubt)) {
                doubted += doubt ? 1 : 0;
                progress.put(all.get(q), sofar.begun(stands, byCounts));
                queues.add(all.get(q));
            } else {
                progress.put(all.get(q), sofar.passed());
                swept.put(all.get(q), new Removed(0));
            }
        }
        swept.putAll(inspect(redis, queues, processors));
        return swept;
    }

    private Map<String, SweepResult> inspect(RedisConnection redis, List<String> queues,
            Map<String, String> processors) {
        List<@Nullable Object> replies = SCRIPT.callAll(redis, queues.stream().map(queue -> new Script.Invocation(
                List.of(queue, keys.ledger(), keys.parts(), keys.completed(), keys.circuits(), keys.taken()),
                List.of(String.valueOf(processors.get(queue)), sofar(queue).cursor(), ENTRIES))).toList());
        Map<String, SweepResult> swept = LinkedHashMap.newLinkedHashMap(queues.size());
        for (int q = 0; q < queues.size(); q++) {
            swept.put(queues.get(q), replies.get(q) instanceof RedisRefused refused
                    ? refused(queues.get(q), refused)
                    : removed(queues.get(q), Replies.list(replies.get(q))));
        }
        return swept;
    }

    private SweepProgress sofar(String queue) {
        return progress.getOrDefault(queue, SweepProgress.NONE);
    }

    /** What Redis refuses to everybody is no matter of one queue: it is said once, and tried again later. */
    private SweepResult refused(String queue, RedisRefused why) {
        if (RedisFaults.isOfTheServer(why.code())) {
            throw why;
        }
        progress.remove(queue);
        return new SweepRefused(String.valueOf(why.getMessage()));
    }

    private SweepResult removed(String queue, List<?> reply) {
        progress.put(queue, sofar(queue).lookedUpTo(Replies.text(reply.get(1))));
        return new Removed((int) Replies.number(reply.getFirst()));
    }

    /** Whether there is something to remove in some queue of which only a part has been looked at. */
    public boolean goesOn() {
        return progress.values().stream().anyMatch(one -> one.goesOn() && one.needed());
    }

    /** Forgets how far the queues not named here were swept. */
    public void keepOnly(Collection<String> queues) {
        progress.keySet().retainAll(queues);
    }
}
