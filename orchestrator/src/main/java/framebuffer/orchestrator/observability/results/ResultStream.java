package framebuffer.orchestrator.observability.results;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.cluster.Partition;
import framebuffer.wire.EntryId;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Reads the results of one partition one by one, from Redis in batches of bounded size. For one thread at a time. */
final class ResultStream implements AutoCloseable {
    private static final int FIRST_BATCH = 100;
    private static final int LARGEST_BATCH = 500;
    /** Size of a batch that the next one aims at, in bytes. */
    private static final long BATCH_BYTES = 1 << 20;

    private final RedisConnection redis;
    private final String key;
    private final boolean newestFirst;
    private final String bound;
    private final Queue<StreamEntry> batch = new ArrayDeque<>();
    private int size = FIRST_BATCH;
    private boolean ended;
    private EntryId read;

    /**
     * @param after read only entries behind this one, in the order of reading
     * @param last the last entry that may be read; null: no limit
     */
    ResultStream(Partition partition, boolean newestFirst, EntryId after, @Nullable EntryId last) {
        this.redis = RedisConnection.open(partition.redis());
        this.key = partition.keys().results();
        this.newestFirst = newestFirst;
        this.read = after;
        this.bound = last == null ? newestFirst ? "-" : "+" : last.toString();
    }

    /** The next entry, which stays the next; null: there is none at present. */
    @Nullable
    StreamEntry peek() {
        if (batch.isEmpty() && !ended) {
            fill();
        }
        return batch.peek();
    }

    /** Takes the entry that {@link #peek} returned. */
    void take() {
        read = batch.remove().id();
    }

    /** The last entry that was taken. */
    EntryId read() {
        return read;
    }

    private void fill() {
        List<StreamEntry> entries = read.equals(newestFirst ? EntryId.FIRST : ResultPages.END) ? List.of() : next();
        ended = entries.size() < size;
        batch.addAll(entries);
        long bytes = entries.stream().mapToLong(entry -> entry.fields() == null ? 0 : entry.fields().bytes()).sum();
        size = entries.isEmpty()
                ? size
                : Math.clamp(BATCH_BYTES * entries.size() / Math.max(1, bytes), 1, LARGEST_BATCH);
    }

    private List<StreamEntry> next() {
        try {
            return Replies.entries(redis.call(newestFirst ? "XREVRANGE" : "XRANGE", key, "(" + read, bound, "COUNT",
                    size));
        } catch (RedisRefused e) {
            if (e.code().equals("WRONGTYPE")) {
                // Somebody uses the key for something else, so there are no results.
                return List.of();
            }
            throw e;
        }
    }

    @Override
    public void close() {
        redis.close();
    }
}
