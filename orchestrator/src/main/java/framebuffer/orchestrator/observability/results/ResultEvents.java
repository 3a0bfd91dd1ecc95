package framebuffer.orchestrator.observability.results;

import framebuffer.orchestrator.observability.results.RecentResults.RecentResult;
import framebuffer.orchestrator.observability.results.RecentResults.RecentSlice;
import framebuffer.orchestrator.observability.results.ResultPages.ResultPage;
import framebuffer.orchestrator.observability.results.ResultPages.ResultQuery;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.Partition;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.StoredResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Results as they come, for listeners. While there are listeners, one reader for each partition reads for all of them; without listeners
 * nothing is read. For any thread.
 */
public final class ResultEvents {
    /** Most results that a listener takes at once. */
    static final int MOST = 100;

    /** Listeners that read from Redis at once because they are behind. */
    private static final int BEHIND_AT_ONCE = 4;

    private final List<Partition> partitions;
    private final ResultPages pages;
    private final Semaphore behind = new Semaphore(BEHIND_AT_ONCE, true);
    private final LongAdder malformed = new LongAdder();
    private SharedReading reading;
    private int listeners;

    public ResultEvents(List<Partition> partitions, ResultPages pages) {
        this.partitions = List.copyOf(partitions);
        this.pages = pages;
        this.reading = new SharedReading(new RecentResults(partitions.size()), List.of());
    }

    /** What all listeners share. */
    private record SharedReading(RecentResults recent, List<RedisLoop> readers) {
        /** Why results do not come at present; empty: they do. */
        Optional<String> trouble() {
            return readers.stream().map(RedisLoop::trouble).flatMap(Stream::ofNullable).findFirst();
        }
    }

    /** A result, and the position behind it. */
    public record ResultEvent(StoredResult result, ResultCursor position) {
    }

    /**
     * Begins to listen.
     *
     * @param after the last position that the listener knows; null: only what comes from now on
     * @throws RedisUnavailable when a partition does not answer
     * @throws RedisRefused when Redis refuses
     */
    public ResultListener listen(ResultFilter filter, @Nullable ResultCursor after) {
        ResultCursor from = after == null ? pages.end() : after;
        return new ResultListener(filter, from, join());
    }

    /**
     * The number of entries so far that listeners did not get because they are no results. An entry that a listener reads again because it
     * was behind counts again.
     */
    public long malformed() {
        return malformed.sum();
    }

    private synchronized SharedReading join() {
        if (listeners++ == 0) {
            RecentResults recent = new RecentResults(partitions.size());
            List<RedisLoop> readers = new ArrayList<>();
            for (int p = 0; p < partitions.size(); p++) {
                Partition one = partitions.get(p);
                readers.add(new RedisLoop(partitions.size() == 1 ? "results" : "results " + one.number(), one.redis(),
                        new ResultReader(p, one.keys(), recent, malformed)).start());
            }
            reading = new SharedReading(recent, readers);
        }
        return reading;
    }

    private synchronized void leave() {
        if (--listeners == 0) {
            reading.readers().forEach(RedisLoop::stop);
        }
    }

    /** One listener. Each method is for one thread at a time. */
    public final class ResultListener implements AutoCloseable {
        private final ResultFilter filter;
        private final SharedReading shared;
        private ResultCursor read;
        private long position;
        private boolean left;

        private ResultListener(ResultFilter filter, ResultCursor read, SharedReading shared) {
            this.filter = filter;
            this.read = read;
            this.shared = shared;
        }

        /** The position up to which it has received all results that it wants. */
        public ResultCursor position() {
            return read;
        }

        /**
         * The next results that it wants, at most 100; empty: none came in this time.
         *
         * @throws RedisUnavailable when a partition does not answer, or refuses
         * @throws RedisRefused when it is behind and Redis refuses
         */
        public List<ResultEvent> next(Duration atMost) throws InterruptedException {
            RecentResults recent = shared.recent();
            boolean behind = !recent.covers(read);
            List<ResultEvent> events = behind ? missed() : recent(atMost);
            if (events.isEmpty()) {
                shared.trouble().ifPresent(why -> {
                    throw new RedisUnavailable(why, new IllegalStateException(why));
                });
                if (behind) {
                    recent.awaitBegin(atMost);
                }
            }
            return events;
        }

        private List<ResultEvent> recent(Duration atMost) throws InterruptedException {
            RecentSlice slice = shared.recent().next(read, position, MOST, atMost);
            position = slice.position();
            List<ResultEvent> events = new ArrayList<>();
            for (RecentResult one : slice.results()) {
                StoredResult result = one.result();
                // A listener may know of results that were read for others before it came.
                if (result.id().compareTo(read.ids().get(one.partition())) > 0) {
                    read = read.after(one.partition(), result.id());
                    if (filter.accepts(result)) {
                        events.add(new ResultEvent(result, read));
                    }
                }
            }
            return List.copyOf(events);
        }

        /**
         * Reads from Redis what is behind its position. At the end of the streams it has received all that the shared readers had read
         * before, even if those entries have left Redis and no page shows them.
         */
        private List<ResultEvent> missed() throws InterruptedException {
            behind.acquire();
            @Nullable
            EntryId[] since = shared.recent().since();
            ResultPage page;
            try {
                page = pages.read(ResultQuery.following(filter, read, MOST));
            } finally {
                behind.release();
            }
            malformed.add(page.malformed());
            List<ResultEvent> events = new ArrayList<>();
            ResultCursor each = read;
            for (int i = 0; i < page.results().size(); i++) {
                StoredResult result = page.results().get(i);
                each = each.after(page.partitions().get(i), result.id());
                events.add(new ResultEvent(result, each));
            }
            read = page.more() ? page.next() : page.next().atLeast(since);
            return List.copyOf(events);
        }

        /** Stops listening. */
        @Override
        public void close() {
            if (!left) {
                left = true;
                leave();
            }
        }
    }
}
