package framebuffer.redis.queues;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.redis.StreamEntry;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A work queue at one moment. Whoever looks also notes for all instances what the processor has done since ({@link ProcessorActivity}).
 *
 * @param at
 *            the moment, by Redis's clock
 * @param length
 *            entries in it; -1: its key is no stream, or not there
 * @param taken
 *            how many entries that the processor had been given were taken away from it so far
 * @param counts
 *            how it stands in a word: while that is the same, nothing is done there
 * @param groups
 *            who reads it
 */
public record QueueInspection(Instant at, long length, long taken, String counts, List<QueueGroup> groups) {
    /** Entries that are named of each group; those behind them are seen when these are gone. */
    public static final int MOST = 1_000;

    private static final Script SCRIPT = Script.of("ids.lua", "ledger.lua", "room.lua", "inspect_queue.lua");
    /** Queues of one call: many share what a call costs; too many with much outstanding hold up Redis for milliseconds. */
    private static final int AT_ONCE = 10;
    private static final int FIXED = 3;
    private static final int PER_GROUP = 4;
    private static final int PER_ENTRY = 2;

    /**
     * A group of a queue.
     *
     * @param name
     *            its name
     * @param delivered
     *            the last entry that it was given
     * @param acknowledged
     *            how many entries it no longer owes, those that were taken away included; -1: not known
     * @param pending
     *            what it was given and owes, the oldest {@link #MOST}
     */
    public record QueueGroup(String name, EntryId delivered, long acknowledged, List<DeliveredEntry> pending) {
        public QueueGroup {
            pending = List.copyOf(pending);
        }
    }

    /** An entry that was delivered, and when, the last time. */
    public record DeliveredEntry(EntryId entry, Instant at) {
    }

    public QueueInspection {
        groups = List.copyOf(groups);
    }

    /** Whether the queue stood as it did at an earlier look, so that its entries were not named again. */
    public boolean repeats(QueueInspection earlier) {
        return !counts.isEmpty() && counts.equals(earlier.counts);
    }

    /** {@link #at(RedisConnection, Keys, Map, Map)} for who has not looked before. */
    public static Map<String, QueueInspection> at(RedisConnection redis, Keys keys, Map<String, String> processors) {
        return at(redis, keys, processors, Map.of());
    }

    /**
     * Looks at queues. What lies in those where nothing has been done since an earlier look is not read again.
     *
     * @param processors
     *            queue (a key) → whose it is
     * @param earlier
     *            queue → what was seen there, for those where that will do
     * @throws RedisRefused
     *             when a key of ours is of a wrong type
     */
    public static Map<String, QueueInspection> at(RedisConnection redis, Keys keys, Map<String, String> processors,
            Map<String, QueueInspection> earlier) {
        List<String> queues = List.copyOf(processors.keySet());
        List<List<String>> batches = IntStream.iterate(0, from -> from < queues.size(), from -> from + AT_ONCE)
                .mapToObj(from -> queues.subList(from, Math.min(queues.size(), from + AT_ONCE))).toList();
        List<@Nullable Object> replies = SCRIPT.callAll(redis,
                batches.stream().map(batch -> call(keys, batch, processors, earlier)).toList());
        Map<String, QueueInspection> looks = LinkedHashMap.newLinkedHashMap(queues.size());
        for (int b = 0; b < batches.size(); b++) {
            if (replies.get(b) instanceof RedisRefused refused) {
                throw refused;
            }
            List<?> reply = Replies.list(replies.get(b));
            Instant now = Replies.time(reply.getFirst());
            for (int q = 0; q < batches.get(b).size(); q++) {
                String queue = batches.get(b).get(q);
                looks.put(queue, of(now, Replies.list(reply.get(1 + q)), earlier.get(queue)));
            }
        }
        return looks;
    }

    private static Script.Invocation call(Keys keys, List<String> queues, Map<String, String> processors,
            Map<String, QueueInspection> earlier) {
        List<String> touched = new ArrayList<>(
                List.of(keys.activity(), keys.taken(), keys.completed(), keys.givenBack()));
        touched.addAll(queues);
        List<Object> arguments = new ArrayList<>(List.of(MOST));
        queues.forEach(queue -> {
            QueueInspection seen = earlier.get(queue);
            arguments.add(String.valueOf(processors.get(queue)));
            arguments.add(seen == null ? "" : seen.counts());
        });
        return new Script.Invocation(touched, arguments);
    }

    private static QueueInspection of(Instant now, List<?> reply, @Nullable QueueInspection earlier) {
        String counts = Replies.text(reply.get(2));
        if (earlier != null && !counts.isEmpty() && counts.equals(earlier.counts())) {
            return new QueueInspection(now, earlier.length(), earlier.taken(), counts, earlier.groups());
        }
        List<QueueGroup> groups = new ArrayList<>();
        for (int i = FIXED; i < reply.size(); i += PER_GROUP) {
            List<?> flat = Replies.list(reply.get(i + 3));
            List<DeliveredEntry> pending = new ArrayList<>(flat.size() / PER_ENTRY);
            for (int e = 0; e < flat.size(); e += PER_ENTRY) {
                pending.add(new DeliveredEntry(EntryId.parse(Replies.text(flat.get(e))),
                        now.minusMillis(Replies.number(flat.get(e + 1)))));
            }
            groups.add(new QueueGroup(Replies.text(reply.get(i)), EntryId.parse(Replies.text(reply.get(i + 1))),
                    Replies.number(reply.get(i + 2)), pending));
        }
        return new QueueInspection(now, Replies.number(reply.get(0)), Replies.number(reply.get(1)), counts, groups);
    }

    /** The entries with these ids, as they stand in the queue; without fields where they were deleted from it. */
    public static List<StreamEntry> entries(RedisConnection redis, String queue, List<EntryId> ids) {
        ids.forEach(id -> redis.send("XRANGE", List.of(queue, id.toString(), id.toString())));
        List<StreamEntry> entries = new ArrayList<>(ids.size());
        for (EntryId id : ids) {
            List<StreamEntry> found = Replies.entries(redis.receive());
            entries.add(found.isEmpty() ? new StreamEntry(id, null) : found.getFirst());
        }
        return entries;
    }

    /** Entries behind this one, oldest first, read or not. */
    public static List<StreamEntry> after(RedisConnection redis, String queue, EntryId after, int atMost) {
        return Replies.entries(redis.call("XRANGE", queue, "(" + after, "+", "COUNT", atMost));
    }
}
