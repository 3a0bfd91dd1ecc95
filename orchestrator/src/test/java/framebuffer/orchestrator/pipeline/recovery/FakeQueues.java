package framebuffer.orchestrator.pipeline.recovery;

import framebuffer.redis.StreamEntry;
import framebuffer.redis.queues.QueueInspection;
import framebuffer.redis.queues.QueueInspection.DeliveredEntry;
import framebuffer.redis.queues.QueueInspection.QueueGroup;
import framebuffer.redis.queues.QueueInspector;
import framebuffer.wire.EntryId;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** Work queues in memory, each read by one group; the test sets the clock. */
final class FakeQueues implements QueueInspector {
    private final Map<String, FakeQueue> queues = new HashMap<>();
    private final Set<String> foreign = new HashSet<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    /** A stream and its group. */
    private static final class FakeQueue {
        private final TreeMap<EntryId, Fields> entries = new TreeMap<>();
        private final TreeMap<EntryId, Instant> pending = new TreeMap<>();
        private EntryId delivered = EntryId.FIRST;
        private long acknowledged;
        private long taken;
    }

    private FakeQueue queue(String key) {
        return queues.computeIfAbsent(key, _ -> new FakeQueue());
    }

    Instant now() {
        return now;
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    /** Adds frames that need a capability. */
    void add(String key, String capability, long... frames) {
        LongStream.of(frames)
                .forEach(frame -> queue(key).entries.put(entry(frame), Fields.ofText("capability", capability)));
    }

    /** Delivers frames to the group. */
    void deliver(String key, long... frames) {
        LongStream.of(frames).forEach(frame -> {
            queue(key).pending.put(entry(frame), now);
            queue(key).delivered = entry(frame);
        });
    }

    /** The processor acknowledges frames, and deletes them. */
    void acknowledge(String key, long... frames) {
        LongStream.of(frames).forEach(frame -> {
            queue(key).entries.remove(entry(frame));
            if (queue(key).pending.remove(entry(frame)) != null) {
                queue(key).acknowledged++;
            }
        });
    }

    /** Deletes frames, as a foreign program does. */
    void delete(String key, long... frames) {
        LongStream.of(frames).forEach(frame -> queue(key).entries.remove(entry(frame)));
    }

    /** Puts foreign data under the key of a queue. */
    void setForeign(String key) {
        foreign.add(key);
    }

    /** An orchestrator hands frames to another processor. */
    void take(String key, long... frames) {
        queue(key).taken += LongStream.of(frames).filter(frame -> queue(key).pending.containsKey(entry(frame))).count();
        acknowledge(key, frames);
    }

    static EntryId entry(long number) {
        return new EntryId(number, 0);
    }

    @Override
    public Map<String, QueueInspection> inspect(Map<String, String> processors, Map<String, QueueInspection> earlier) {
        Map<String, QueueInspection> all = new HashMap<>();
        processors.keySet().forEach(key -> {
            if (foreign.contains(key)) {
                all.put(key, new QueueInspection(now, 0, 0, "", List.of()));
                return;
            }
            FakeQueue queue = queue(key);
            List<DeliveredEntry> pending = new ArrayList<>();
            queue.pending.forEach((entry, at) -> pending.add(new DeliveredEntry(entry, at)));
            all.put(key, new QueueInspection(now, queue.entries.size(), queue.taken,
                    queue.entries.keySet() + " " + queue.pending + " " + queue.acknowledged,
                    List.of(new QueueGroup("workers", queue.delivered, OptionalLong.of(queue.acknowledged), pending))));
        });
        return all;
    }

    @Override
    public List<StreamEntry> entries(String key, List<EntryId> ids) {
        return ids.stream().map(id -> new StreamEntry(id, queue(key).entries.get(id))).toList();
    }

    @Override
    public List<StreamEntry> after(String key, EntryId after, int atMost) {
        if (foreign.contains(key)) {
            throw new IllegalStateException("WRONGTYPE");
        }
        return queue(key).entries.tailMap(after, false).entrySet().stream().limit(atMost)
                .map(entry -> new StreamEntry(entry.getKey(), entry.getValue())).toList();
    }
}
