package framebuffer.redis;

import framebuffer.wire.EntryId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream as one consumer of a group.
 *
 * @param stream
 *            the stream's key
 * @param group
 *            the group's name
 * @param consumer
 *            who reads; what is delivered to it stays pending until it is acknowledged
 */
public record GroupReader(String stream, String group, String consumer) {
    /** Where memory is used up, reading goes on: it is what frees memory. */
    private static final Script ENSURE = Script.of("ensure_group.lua");

    /** Creates the group at the start of the stream, and the stream, where they are missing. Answers whether it did. */
    public boolean ensureGroup(RedisConnection redis) {
        return Replies.number(ENSURE.call(redis, List.of(stream), List.of(group))) == 1;
    }

    /**
     * Entries that nobody in the group has been given yet; empty when there are none within {@code wait}.
     *
     * @param wait
     *            in whole milliseconds; less than one: do not wait
     */
    public List<StreamEntry> readNew(RedisConnection redis, int atMost, Duration wait) {
        if (wait.toMillis() == 0) {
            return of(redis.call("XREADGROUP", "GROUP", group, consumer, "COUNT", atMost, "STREAMS", stream, ">"));
        }
        return of(redis.callBlocking(wait, "XREADGROUP", "GROUP", group, consumer, "COUNT", atMost, "BLOCK",
                wait.toMillis(), "STREAMS", stream, ">"));
    }

    /** Entries given to this consumer before and not acknowledged, behind {@code after}, oldest first. */
    public List<StreamEntry> readPending(RedisConnection redis, EntryId after, int atMost) {
        return of(redis.call("XREADGROUP", "GROUP", group, consumer, "COUNT", atMost, "STREAMS", stream,
                after.toString()));
    }

    /** The first entry behind this one, whoever it was given to; null when there is none within {@code wait}. Delivers nothing. */
    public @Nullable EntryId awaitBehind(RedisConnection redis, EntryId after, Duration wait) {
        List<StreamEntry> found = of(redis.callBlocking(wait, "XREAD", "COUNT", 1, "BLOCK", wait.toMillis(), "STREAMS",
                stream, after.toString()));
        return found.isEmpty() ? null : found.getFirst().id();
    }

    private static List<StreamEntry> of(@Nullable Object reply) {
        List<?> streams = Replies.list(reply);
        return streams.isEmpty() ? List.of() : Replies.entries(Replies.list(streams.getFirst()).get(1));
    }

    /** The oldest entry that is pending for this consumer; null: none is. */
    public @Nullable EntryId oldestPending(RedisConnection redis) {
        List<?> oldest = Replies.list(redis.call("XPENDING", stream, group, "-", "+", 1, consumer));
        return oldest.isEmpty() ? null : EntryId.parse(Replies.text(Replies.list(oldest.getFirst()).getFirst()));
    }

    /** Whether an entry is pending for this consumer. */
    public boolean holds(RedisConnection redis, EntryId entry) {
        return !Replies.list(redis.call("XPENDING", stream, group, entry.toString(), entry.toString(), "1", consumer))
                .isEmpty();
    }
}
