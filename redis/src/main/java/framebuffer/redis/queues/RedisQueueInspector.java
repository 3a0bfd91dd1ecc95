package framebuffer.redis.queues;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.queues.QueueInspection.DeliveredEntry;
import framebuffer.redis.queues.QueueInspection.QueueGroup;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Inspects the queues of one connection. */
record RedisQueueInspector(RedisConnection redis, Keys keys) implements QueueInspector {
    private static final Script SCRIPT = Script.of("ids.lua", "ledger.lua", "room.lua", "inspect_queue.lua");
    /** Queues per call: many queues share the cost of a call, but too many pending entries block Redis for milliseconds. */
    private static final int AT_ONCE = 10;
    private static final int FIXED = 3;
    private static final int PER_GROUP = 4;
    private static final int PER_ENTRY = 2;

    @Override
    public Map<String, QueueInspection> inspect(Map<String, String> processors, Map<String, QueueInspection> earlier) {
        List<String> queues = List.copyOf(processors.keySet());
        List<List<String>> batches = IntStream.iterate(0, from -> from < queues.size(), from -> from + AT_ONCE)
                .mapToObj(from -> queues.subList(from, Math.min(queues.size(), from + AT_ONCE))).toList();
        List<@Nullable Object> replies = SCRIPT.callAll(redis,
                batches.stream().map(batch -> call(batch, processors, earlier)).toList());
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

    private Script.Invocation call(List<String> queues, Map<String, String> processors,
            Map<String, QueueInspection> earlier) {
        List<String> touched = new ArrayList<>(
                List.of(keys.activity(), keys.taken(), keys.completed(), keys.givenBack()));
        touched.addAll(queues);
        List<Object> arguments = new ArrayList<>(List.of(QueueInspection.MOST));
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
            long acknowledged = Replies.number(reply.get(i + 2));
            groups.add(new QueueGroup(Replies.text(reply.get(i)), EntryId.parse(Replies.text(reply.get(i + 1))),
                    acknowledged < 0 ? OptionalLong.empty() : OptionalLong.of(acknowledged), pending));
        }
        return new QueueInspection(now, Math.max(0, Replies.number(reply.get(0))), Replies.number(reply.get(1)), counts,
                groups);
    }

    @Override
    public List<StreamEntry> entries(String queue, List<EntryId> ids) {
        ids.forEach(id -> redis.send("XRANGE", List.of(queue, id.toString(), id.toString())));
        List<StreamEntry> entries = new ArrayList<>(ids.size());
        for (EntryId id : ids) {
            List<StreamEntry> found = Replies.entries(redis.receive());
            entries.add(found.isEmpty() ? new StreamEntry(id, null) : found.getFirst());
        }
        return entries;
    }

    @Override
    public List<StreamEntry> after(String queue, EntryId after, int atMost) {
        return Replies.entries(redis.call("XRANGE", queue, "(" + after, "+", "COUNT", atMost));
    }
}
