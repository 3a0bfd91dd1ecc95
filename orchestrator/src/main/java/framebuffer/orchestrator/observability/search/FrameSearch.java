package framebuffer.orchestrator.observability.search;

import framebuffer.orchestrator.observability.search.JournalScan.ScanResult;
import framebuffer.orchestrator.observability.search.JournalScan.ScannedFrame;
import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.FanOut;
import framebuffer.redis.cluster.InPartition;
import framebuffer.wire.Partitioning;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Lists the frames that were handed off, shed or became dead letters, from the journal of all instances, the newest first. For any thread;
 * each call opens its own connections.
 *
 * <p>
 * Methods throw {@link RedisUnavailable} when Redis is away, and {@link RedisRefused} when it refuses.
 */
public final class FrameSearch {
    /** A search reads a part of the journal, so few may run at once. */
    private static final int AT_ONCE = 2;
    /** A caller that waits holds a connection. */
    private static final Duration TURN_WITHIN = Duration.ofSeconds(2);
    /** Most pages of the journal that one search reads: about 16 MB. */
    private static final int PAGES = 1_024;
    private static final int FEWEST_PAGES = 16;

    private final List<InPartition<Registry>> partitions;
    private final Partitioning partitioning;
    private final Duration retention;
    private final Semaphore turns = new Semaphore(AT_ONCE, true);

    /**
     * @param partitions all, by their number
     * @param retention how long the journal keeps the steps of frames
     */
    public FrameSearch(List<InPartition<Registry>> partitions, Partitioning partitioning, Duration retention) {
        this.partitions = List.copyOf(partitions);
        this.partitioning = partitioning;
        this.retention = retention;
    }

    /**
     * Some frames.
     *
     * @param next the cursor of the following frames; null: there are no more
     */
    public record FoundFrames(List<FoundFrame> frames, @Nullable String next) {
        public FoundFrames {
            frames = List.copyOf(frames);
        }
    }

    /** How long the journal keeps the steps of frames. */
    public Duration retention() {
        return retention;
    }

    /**
     * The next frames, at most {@code limit}. There may be fewer, even none, although more follow.
     *
     * @param cursor where to go on; empty: from the newest
     * @throws IllegalArgumentException when the cursor is not one of this search
     */
    public FoundFrames find(FrameFilter filter, String cursor, int limit) throws InterruptedException {
        List<InPartition<Registry>> searched = filter.camera() == null
                ? partitions
                : List.of(partitions.get(partitioning.of(filter.camera())));
        List<SearchPosition> from = SearchPosition.decode(cursor, searched.size());
        int pages = Math.max(FEWEST_PAGES, PAGES / searched.size());
        if (!turns.tryAcquire(TURN_WITHIN.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new RejectedExecutionException("others are searching");
        }
        try {
            List<ScanResult> each = FanOut.all(IntStream.range(0, searched.size()).boxed().toList(),
                    number -> searched.get(number).ask((redis, registry) -> new JournalScan(redis,
                            searched.get(number).keys(), registry.read().withQueues(), filter, limit)
                            .scan(from.get(number), pages)));
            return merged(each, from, limit);
        } finally {
            turns.release();
        }
    }

    /**
     * Merges the frames of the partitions by time. A partition with nothing more to offer, although more follow there, holds back frames
     * of the others that are older than what it has read.
     */
    static FoundFrames merged(List<ScanResult> each, List<SearchPosition> from, int limit) {
        List<FoundFrame> frames = new ArrayList<>();
        List<SearchPosition> next = new ArrayList<>(from);
        int[] taken = new int[each.size()];
        for (int number = 0; number < each.size(); number++) {
            advance(each.get(number), 0, number, next);
        }
        while (frames.size() < limit) {
            int newest = newest(each, taken);
            if (newest < 0) {
                break;
            }
            ScannedFrame frame = each.get(newest).frames().get(taken[newest]++);
            frames.add(frame.frame());
            next.set(newest, frame.position());
            advance(each.get(newest), taken[newest], newest, next);
        }
        return new FoundFrames(frames, SearchPosition.encode(next));
    }

    /** When all frames of a partition are taken, its search goes on behind all that was read. */
    private static void advance(ScanResult result, int taken, int number, List<SearchPosition> next) {
        if (taken == result.frames().size()) {
            next.set(number, result.end());
        }
    }

    /** The partition with the newest frame; -1: none, or a newer one may follow elsewhere. */
    private static int newest(List<ScanResult> each, int[] taken) {
        int newest = -1;
        Instant at = Instant.MIN;
        Instant floor = Instant.MIN;
        for (int number = 0; number < each.size(); number++) {
            ScanResult result = each.get(number);
            if (taken[number] == result.frames().size()) {
                floor = floor.isBefore(result.floor()) ? result.floor() : floor;
                continue;
            }
            Instant its = result.frames().get(taken[number]).frame().at();
            if (newest < 0 || its.isAfter(at)) {
                newest = number;
                at = its;
            }
        }
        return newest >= 0 && at.isBefore(floor) ? -1 : newest;
    }
}
