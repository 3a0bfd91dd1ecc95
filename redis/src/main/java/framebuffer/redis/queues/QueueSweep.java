package framebuffer.redis.queues;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisFaults;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Fields;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Removes entries from work queues that processors acknowledged without deleting, and counts them as done. A call inspects a bounded number
 * of entries; the next call continues there.
 */
public final class QueueSweep {
    /** Maximum number of entries inspected in one call. */
    public static final int ENTRIES = 200;

    /**
     * Redis's counts show whether entries are to be removed, but may be wrong: the entries of a changed queue are inspected at least once
     * in this number of calls.
     */
    public static final int LOOK_EVERY = 20;

    /** Maximum number of queues inspected in one call although their counts show nothing to remove. */
    private static final int DOUBTED_AT_ONCE = 5;

    private static final Script SCRIPT = Script.of("ids.lua", "ledger.lua", "circuits.lua", "sweep_queue.lua");
    private static final Script NEEDED = Script.reading("check_all_owed.lua", "check_sweep_due.lua");
    private static final String START = "0-0";

    private final Keys keys;
    private final Map<String, SweepProgress> progress = new HashMap<>();

    /**
     * The progress in a queue.
     *
     * @param cursor position of the next inspection
     * @param calls calls since the last inspection
     * @param began state of the queue at the start of this pass
     * @param settled state of the queue after a complete pass; while it is the same, nothing has been acknowledged
     * @param needed whether the counts show entries to remove
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

    /** The result of sweeping a queue. */
    public sealed interface SweepResult {
    }

    /**
     * Entries were removed.
     *
     * @param entries their number
     * @param ended for each ended frame with a limit for its pixels: the fields that name these pixels
     */
    public record Removed(int entries, List<Fields> ended) implements SweepResult {
        static final Removed NOTHING = new Removed(0, List.of());
    }

    /** No entry was removed: the queue's key, or one of ours, has a wrong type. */
    public record SweepRefused(String why) implements SweepResult {
    }

    /**
     * Sweeps queues in one pipeline. Most queues rarely need it, so one script first checks all of them.
     *
     * @param processors queue → its processor
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
                swept.put(all.get(q), Removed.NOTHING);
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

    /** A refusal that concerns the server, not one queue, is thrown once and tried again later. */
    private SweepResult refused(String queue, RedisRefused why) {
        if (RedisFaults.isOfTheServer(why.code())) {
            throw why;
        }
        progress.remove(queue);
        return new SweepRefused(String.valueOf(why.getMessage()));
    }

    private SweepResult removed(String queue, List<?> reply) {
        progress.put(queue, sofar(queue).lookedUpTo(Replies.text(reply.get(1))));
        return new Removed((int) Replies.number(reply.getFirst()), reply.subList(2, reply.size()).stream()
                .map(fields -> Fields.ofParts(Replies.list(fields))).toList());
    }

    /** Whether a queue that is only partly inspected has entries to remove. */
    public boolean goesOn() {
        return progress.values().stream().anyMatch(one -> one.goesOn() && one.needed());
    }

    /** Forgets the progress of all other queues. */
    public void keepOnly(Collection<String> queues) {
        progress.keySet().retainAll(queues);
    }
}
