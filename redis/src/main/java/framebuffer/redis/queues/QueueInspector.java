package framebuffer.redis.queues;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.StreamEntry;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import java.util.List;
import java.util.Map;

/** Reads work queues without being one of their readers. */
public interface QueueInspector {
    /**
     * Inspects queues, and records the activity of their processors since the last inspection for all instances ({@link
     * ProcessorActivity}). The entries of an unchanged queue are not read again.
     *
     * @param processors queue (a key) → its processor
     * @param earlier queue → an earlier inspection that may be repeated
     */
    Map<String, QueueInspection> inspect(Map<String, String> processors, Map<String, QueueInspection> earlier);

    /** The entries with these ids; without fields if they were deleted from the queue. */
    List<StreamEntry> entries(String queue, List<EntryId> ids);

    /** Entries after this one, oldest first, delivered or not. The key must be a stream or missing. */
    List<StreamEntry> after(String queue, EntryId after, int atMost);

    /** The inspector of the queues in this Redis. */
    static QueueInspector of(RedisConnection redis, Keys keys) {
        return new RedisQueueInspector(redis, keys);
    }
}
