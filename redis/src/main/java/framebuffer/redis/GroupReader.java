package framebuffer.redis;

import framebuffer.wire.EntryId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream as one consumer of a group.
 *
 * @param stream the stream's key
 * @param group the group's name
 * @param consumer the consumer; delivered entries stay pending until they are acknowledged
 */
public record GroupReader(String stream, String group, String consumer) {
    /** Runs even when Redis's memory is full, because reading frees memory. */
    private static final Script ENSURE = Script.of("ensure_group.lua");

    /** Creates the group at the start of the stream, and the stream, if they are missing. Returns whether it created the group. */
    public boolean ensureGroup(RedisConnection redis) {
        return Replies.number(ENSURE.call(redis, List.of(stream), List.of(group))) == 1;
    }

    /**
     * Reads entries that were not delivered to the group yet; empty when none arrives within {@code wait}.
     *
     * @param wait in whole milliseconds; below one: do not wait
     */
    public List<StreamEntry> readNew(RedisConnection redis, int atMost, Duration wait) {
        if (wait.toMillis() == 0) {
            return of(redis.call("XREADGROUP", "GROUP", group, consumer, "COUNT", atMost, "STREAMS", stream, ">"));
        }
        return of(redis.callBlocking(wait, "XREADGROUP", "GROUP", group, consumer, "COUNT", atMost, "BLOCK",
                wait.toMillis(), "STREAMS", stream, ">"));
    }

    /** Reads pending entries of this consumer after {@code after}, oldest first. */
    public List<StreamEntry> readPending(RedisConnection redis, EntryId after, int atMost) {
        return of(redis.call("XREADGROUP", "GROUP", group, consumer, "COUNT", atMost, "STREAMS", stream,
                after.toString()));
    }

    /** Returns the first entry after this one, delivered or not; null when none arrives within {@code wait}. Delivers nothing. */
    public @Nullable EntryId awaitBehind(RedisConnection redis, EntryId after, Duration wait) {
        List<StreamEntry> found = of(redis.callBlocking(wait, "XREAD", "COUNT", 1, "BLOCK", wait.toMillis(), "STREAMS",
                stream, after.toString()));
        return found.isEmpty() ? null : found.getFirst().id();
    }

    private static List<StreamEntry> of(@Nullable Object reply) {
        List<?> streams = Replies.list(reply);
        return streams.isEmpty() ? List.of() : Replies.entries(Replies.list(streams.getFirst()).get(1));
    }

    /** The oldest pending entry of this consumer; null: none, or the group does not exist. */
    public @Nullable EntryId oldestPending(RedisConnection redis) {
        try {
            List<?> oldest = Replies.list(redis.call("XPENDING", stream, group, "-", "+", 1, consumer));
            return oldest.isEmpty() ? null : EntryId.parse(Replies.text(Replies.list(oldest.getFirst()).getFirst()));
        } catch (RedisRefused e) {
            if (e.code().equals("NOGROUP")) {
                return null;
            }
            throw e;
        }
    }

    /** Whether an entry is pending for this consumer. */
    public boolean holds(RedisConnection redis, EntryId entry) {
        return !Replies.list(redis.call("XPENDING", stream, group, entry.toString(), entry.toString(), "1", consumer))
                .isEmpty();
    }
}
