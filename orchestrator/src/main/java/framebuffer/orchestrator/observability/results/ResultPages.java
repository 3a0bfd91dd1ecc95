package framebuffer.orchestrator.observability.results;

import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.cluster.FanOut;
import framebuffer.redis.cluster.Partition;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.StoredResult;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Pages of results of all partitions, in one order: by the id of their entry, and so by the time at which they were written. For any thread;
 * each call opens its own connections.
 *
 * <p>
 * Methods throw {@link RedisUnavailable} when a partition does not answer, and {@link RedisRefused} when it refuses.
 */
public final class ResultPages {
    /** Most entries that one page looks at. */
    static final int LOOKS = 20_000;

    /** Size of the results after which a page ends, in bytes. */
    private static final long PAGE_BYTES = 4 << 20;

    /** The greatest id. */
    static final EntryId END = new EntryId(-1, -1);

    private final List<Partition> partitions;

    /**
     * A request for a page.
     *
     * @param after continue behind this position; null: from the beginning
     * @param from only results written at or after this moment; null: no limit
     * @param to only results written before this moment; null: no limit
     * @param limit most results
     */
    public record ResultQuery(ResultFilter filter, boolean newestFirst, @Nullable ResultCursor after,
            @Nullable Instant from, @Nullable Instant to, int limit) {
        /** Everything behind this position, the oldest first. */
        public static ResultQuery following(ResultFilter filter, ResultCursor after, int limit) {
            return new ResultQuery(filter, false, after, null, null, limit);
        }

        /** Where reading starts: the entry before the first that may be read. */
        private EntryId start() {
            return newestFirst
                    ? to == null ? END : new EntryId(to.toEpochMilli(), 0)
                    : from == null ? EntryId.FIRST : lastBefore(from);
        }

        /** The last entry that may be read; null: no limit. */
        private @Nullable EntryId last() {
            return newestFirst
                    ? from == null ? null : new EntryId(from.toEpochMilli(), 0)
                    : to == null ? null : lastBefore(to);
        }

        private static EntryId lastBefore(Instant moment) {
            long millis = moment.toEpochMilli();
            return millis <= 0 ? EntryId.FIRST : new EntryId(millis - 1, -1);
        }
    }

    /**
     * A page.
     *
     * @param results in the order of the query
     * @param partitions the partition of each result
     * @param next where the next page begins; there may be results behind it even if this page is not full
     * @param more false: there was nothing behind {@code next}
     * @param malformed entries that this page skipped because they are not results
     */
    public record ResultPage(List<StoredResult> results, List<Integer> partitions, ResultCursor next, boolean more,
            int malformed) {
        public ResultPage {
            results = List.copyOf(results);
            partitions = List.copyOf(partitions);
        }
    }

    public ResultPages(List<Partition> partitions) {
        this.partitions = List.copyOf(partitions);
    }

    /** The number of partitions, and of ids in a cursor. */
    public int partitions() {
        return partitions.size();
    }

    /** The position behind all results that are there now. */
    public ResultCursor end() {
        return new ResultCursor(FanOut.all(partitions, one -> newest(one)));
    }

    private static EntryId newest(Partition partition) {
        try (ResultStream stream = new ResultStream(partition, true, END, null)) {
            StreamEntry newest = stream.peek();
            return newest == null ? EntryId.FIRST : newest.id();
        }
    }

    /** Reads a page. It looks at a bounded number of entries, so that a page may be empty and not the last. */
    public ResultPage read(ResultQuery query) {
        List<ResultStream> streams = new ArrayList<>(partitions.size());
        try {
            streams.addAll(FanOut.all(IntStream.range(0, partitions.size()).boxed().toList(), p -> open(query, p)));
            return merged(query, streams);
        } finally {
            streams.forEach(ResultStream::close);
        }
    }

    private ResultStream open(ResultQuery query, int partition) {
        EntryId start = query.start();
        EntryId after = query.after() == null ? start : query.after().ids().get(partition);
        boolean further = query.newestFirst() ? after.compareTo(start) < 0 : after.compareTo(start) > 0;
        ResultStream stream = new ResultStream(partitions.get(partition), query.newestFirst(),
                further ? after : start, query.last());
        try {
            // Reads the first batch here, where all partitions are read at once.
            stream.peek();
            return stream;
        } catch (RuntimeException e) {
            stream.close();
            throw e;
        }
    }

    private static ResultPage merged(ResultQuery query, List<ResultStream> streams) {
        List<StoredResult> results = new ArrayList<>();
        List<Integer> partitions = new ArrayList<>();
        long bytes = 0;
        int malformed = 0;
        int looked = 0;
        ResultStream next = next(query, streams);
        while (next != null && looked < LOOKS && results.size() < query.limit() && bytes < PAGE_BYTES) {
            StreamEntry entry = Objects.requireNonNull(next.peek());
            Fields fields = Objects.requireNonNull(entry.fields());
            switch (StoredResult.decode(entry.id(), fields)) {
                case Decoded.Valid<StoredResult>(StoredResult result) -> {
                    if (query.filter().accepts(result)) {
                        results.add(result);
                        partitions.add(streams.indexOf(next));
                        bytes += fields.bytes();
                    }
                }
                case Decoded.Invalid<StoredResult> _ -> malformed++;
            }
            next.take();
            looked++;
            next = next(query, streams);
        }
        return new ResultPage(results, partitions,
                new ResultCursor(streams.stream().map(stream -> position(query, stream)).toList()),
                next != null, malformed);
    }

    /** The stream whose next entry is the first of all; null: none has one. */
    private static @Nullable ResultStream next(ResultQuery query, List<ResultStream> streams) {
        ResultStream first = null;
        EntryId best = null;
        for (ResultStream stream : streams) {
            StreamEntry head = stream.peek();
            if (head != null && (best == null
                    || (query.newestFirst() ? head.id().compareTo(best) > 0 : head.id().compareTo(best) < 0))) {
                first = stream;
                best = head.id();
            }
        }
        return first;
    }

    /**
     * Where the next page continues. With the newest first, a partition of which nothing was taken yet needs a position too: what arrives
     * there later belongs to none of the pages.
     */
    private static EntryId position(ResultQuery query, ResultStream stream) {
        if (!query.newestFirst()) {
            return stream.read();
        }
        StreamEntry head = stream.peek();
        return head == null ? EntryId.FIRST : behind(head.id());
    }

    private static EntryId behind(EntryId id) {
        return id.sequence() == -1 ? new EntryId(id.millis() + 1, 0) : new EntryId(id.millis(), id.sequence() + 1);
    }
}
