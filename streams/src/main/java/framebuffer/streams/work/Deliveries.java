package framebuffer.streams.work;

import framebuffer.streams.Entry;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.Replies;
import framebuffer.streams.Script;
import framebuffer.wire.EntryId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What one group of a work queue was given and has not acknowledged, at one moment.
 *
 * @param group
 *            the group
 * @param at
 *            when this was so, by Redis's clock
 * @param acknowledged
 *            how many entries the group has acknowledged so far; -1: not known
 * @param pending
 *            what it has not acknowledged, the oldest {@link #MOST}
 */
public record Deliveries(String group, Instant at, long acknowledged, List<Delivery> pending) {
    /** Entries that are looked at; those behind them are looked at when these are gone. */
    public static final int MOST = 1_000;

    private static final Script SCRIPT = Script.reading("deliveries.lua");
    private static final int PER_GROUP = 3;
    private static final int PER_ENTRY = 3;

    /**
     * An entry that was delivered.
     *
     * @param at
     *            when, the last time
     * @param toProcessor
     *            whether to its processor, and not to one of us who was emptying the queue ({@link WorkQueue#emptying})
     */
    public record Delivery(EntryId entry, Instant at, boolean toProcessor) {
    }

    public Deliveries {
        pending = List.copyOf(pending);
    }

    /** Those of each group of the queue; empty where there is no group, or no queue. */
    public static List<Deliveries> of(RedisConnection redis, String queue) {
        List<?> reply = Replies.list(SCRIPT.call(redis, List.of(queue), List.of(MOST, WorkQueue.emptying(""))));
        Instant now = Replies.time(reply.getFirst());
        List<Deliveries> groups = new ArrayList<>();
        for (int i = 1; i < reply.size(); i += PER_GROUP) {
            List<?> flat = Replies.list(reply.get(i + 2));
            List<Delivery> pending = new ArrayList<>(flat.size() / PER_ENTRY);
            for (int e = 0; e < flat.size(); e += PER_ENTRY) {
                pending.add(new Delivery(EntryId.parse(Replies.text(flat.get(e))),
                        now.minusMillis(Replies.number(flat.get(e + 1))), Replies.number(flat.get(e + 2)) == 0));
            }
            groups.add(new Deliveries(Replies.text(reply.get(i)), now, Replies.number(reply.get(i + 1)), pending));
        }
        return groups;
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
}
