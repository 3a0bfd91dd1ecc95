package framebuffer.streams.work;

import framebuffer.streams.Entry;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisRefused;
import framebuffer.streams.Replies;
import framebuffer.streams.Script;
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
 * A work queue at one moment. Whoever looks also notes for all instances what the processor has done since ({@link Activity}).
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
public record QueueLook(Instant at, long length, long taken, String counts, List<Group> groups) {
    /** Entries that are named of each group; those behind them are seen when these are gone. */
    public static final int MOST = 1_000;

    private static final Script SCRIPT = Script.of("ids.lua", "ledger.lua", "room.lua", "look_queue.lua");
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
    public record Group(String name, EntryId delivered, long acknowledged, List<Delivery> pending) {
        public Group {
            pending = List.copyOf(pending);
        }
    }

    /** An entry that was delivered, and when, the last time. */
    public record Delivery(EntryId entry, Instant at) {
    }

    public QueueLook {
        groups = List.copyOf(groups);
    }

    /** Whether the queue stood as it did at an earlier look, so that its entries were not named again. */
    public boolean repeats(QueueLook earlier) {
        return !counts.isEmpty() && counts.equals(earlier.counts);
    }

    /** {@link #at(RedisConnection, Keys, Map, Map)} for who has not looked before. */
    public static Map<String, QueueLook> at(RedisConnection redis, Keys keys, Map<String, String> processors) {
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
    public static Map<String, QueueLook> at(RedisConnection redis, Keys keys, Map<String, String> processors,
            Map<String, QueueLook> earlier) {
        List<String> queues = List.copyOf(processors.keySet());
        List<List<String>> batches = IntStream.iterate(0, from -> from < queues.size(), from -> from + AT_ONCE)
                .mapToObj(from -> queues.subList(from, Math.min(queues.size(), from + AT_ONCE))).toList();
        List<@Nullable Object> replies = SCRIPT.callAll(redis,
                batches.stream().map(batch -> call(keys, batch, processors, earlier)).toList());
        Map<String, QueueLook> looks = LinkedHashMap.newLinkedHashMap(queues.size());
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

    private static Script.Call call(Keys keys, List<String> queues, Map<String, String> processors,
            Map<String, QueueLook> earlier) {
        List<String> touched = new ArrayList<>(
                List.of(keys.activity(), keys.taken(), keys.completed(), keys.givenBack()));
        touched.addAll(queues);
        List<Object> arguments = new ArrayList<>(List.of(MOST));
        queues.forEach(queue -> {
            QueueLook seen = earlier.get(queue);
            arguments.add(String.valueOf(processors.get(queue)));
            arguments.add(seen == null ? "" : seen.counts());
        });
        return new Script.Call(touched, arguments);
    }

    private static QueueLook of(Instant now, List<?> reply, @Nullable QueueLook earlier) {
        String counts = Replies.text(reply.get(2));
        if (earlier != null && !counts.isEmpty() && counts.equals(earlier.counts())) {
            return new QueueLook(now, earlier.length(), earlier.taken(), counts, earlier.groups());
        }
        List<Group> groups = new ArrayList<>();
        for (int i = FIXED; i < reply.size(); i += PER_GROUP) {
            List<?> flat = Replies.list(reply.get(i + 3));
            List<Delivery> pending = new ArrayList<>(flat.size() / PER_ENTRY);
            for (int e = 0; e < flat.size(); e += PER_ENTRY) {
                pending.add(new Delivery(EntryId.parse(Replies.text(flat.get(e))),
                        now.minusMillis(Replies.number(flat.get(e + 1)))));
            }
            groups.add(new Group(Replies.text(reply.get(i)), EntryId.parse(Replies.text(reply.get(i + 1))),
                    Replies.number(reply.get(i + 2)), pending));
        }
        return new QueueLook(now, Replies.number(reply.get(0)), Replies.number(reply.get(1)), counts, groups);
    }

    /** The entries with these ids, as they stand in the queue; without fields where they were deleted from it. */
    public static List<Entry> entries(RedisConnection redis, String queue, List<EntryId> ids) {
        ids.forEach(id -> redis.send("XRANGE", List.of(queue, id.toString(), id.toString())));
        List<Entry> entries = new ArrayList<>(ids.size());
        for (EntryId id : ids) {
            List<Entry> found = Replies.entries(redis.receive());
            entries.add(found.isEmpty() ? new Entry(id, null) : found.getFirst());
        }
        return entries;
    }

    /** Entries behind this one, oldest first, read or not. */
    public static List<Entry> after(RedisConnection redis, String queue, EntryId after, int atMost) {
        return Replies.entries(redis.call("XRANGE", queue, "(" + after, "+", "COUNT", atMost));
    }
}
