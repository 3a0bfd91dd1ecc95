package framebuffer.orchestrator.observability.results;

import framebuffer.wire.EntryId;
import framebuffer.wire.frame.StoredResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The last results that were read, for all listeners. Each listener has a position of its own, so that none waits for another, and none
 * costs memory by being slow: it finds that results behind its position have left, and reads them from Redis. For any thread.
 */
final class RecentResults {
    /** Most results that are kept. */
    static final int KEPT = 1_000;

    /** Most bytes of entries that are kept, unless one entry alone is larger. */
    private static final long KEPT_BYTES = 4 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<RecentResult> kept = new ArrayDeque<>();
    /** For each partition, the last entry before the kept results; null: the reader of the partition has not begun. */
    private final @Nullable EntryId[] since;
    /** Number of results that have left. */
    private long left;
    private long bytes;

    RecentResults(int partitions) {
        since = new EntryId[partitions];
    }

    /** A result that was read. */
    record RecentResult(int partition, StoredResult result, long bytes) {
    }

    /**
     * Some results.
     *
     * @param results oldest first
     * @param position where the next ones begin
     */
    record RecentSlice(List<RecentResult> results, long position) {
        RecentSlice {
            results = List.copyOf(results);
        }
    }

    /** The reader of a partition begins behind this entry. */
    void begin(int partition, EntryId id) {
        lock.lock();
        try {
            since[partition] = id;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void add(List<RecentResult> results) {
        lock.lock();
        try {
            for (RecentResult one : results) {
                kept.add(one);
                bytes += one.bytes();
                while (kept.size() > KEPT || (bytes > KEPT_BYTES && kept.size() > 1)) {
                    RecentResult oldest = kept.remove();
                    bytes -= oldest.bytes();
                    left++;
                    since[oldest.partition()] = oldest.result().id();
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether everything behind this position is kept or not yet read. */
    boolean covers(ResultCursor cursor) {
        lock.lock();
        try {
            return isCovered(cursor);
        } finally {
            lock.unlock();
        }
    }

    /** For each partition, the last entry before the kept results; null: the reader of the partition has not begun. */
    @Nullable
    EntryId[] since() {
        lock.lock();
        try {
            return since.clone();
        } finally {
            lock.unlock();
        }
    }

    /** Waits, at most for this time, until the readers of all partitions have begun. */
    void awaitBegin(Duration atMost) throws InterruptedException {
        long nanos = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (nanos > 0 && Arrays.asList(since).contains(null)) {
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isCovered(ResultCursor cursor) {
        for (int p = 0; p < since.length; p++) {
            EntryId begun = since[p];
            if (begun == null || cursor.ids().get(p).compareTo(begun) < 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Waits for results from this position on, and returns some; empty: none came in this time, or results behind the position have left.
     *
     * @param position of the last slice, 0 at first
     */
    RecentSlice next(ResultCursor cursor, long position, int most, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        lock.lockInterruptibly();
        try {
            long nanos = end - System.nanoTime();
            while (left + kept.size() <= position && nanos > 0) {
                changed.await(nanos, TimeUnit.NANOSECONDS);
                nanos = end - System.nanoTime();
            }
            if (!isCovered(cursor)) {
                return new RecentSlice(List.of(), position);
            }
            List<RecentResult> some = new ArrayList<>();
            kept.stream().skip(Math.max(0, position - left)).limit(most).forEach(some::add);
            return new RecentSlice(some, Math.max(position, left) + some.size());
        } finally {
            lock.unlock();
        }
    }
}
