package framebuffer.redis.queues;

import framebuffer.wire.EntryId;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/**
 * A work queue at one moment.
 *
 * @param at
 *            the moment, by Redis's clock
 * @param length
 *            entries in the queue; 0 also when its key is no stream, or missing
 * @param taken
 *            how many entries that the processor had been given were taken away from it so far
 * @param counts
 *            the state in one word: while it is the same, nothing was done to the queue; empty when its key is no stream
 * @param groups
 *            the groups that read the queue
 */
public record QueueInspection(Instant at, long length, long taken, String counts, List<QueueGroup> groups) {
    /** Most entries that are named of each group; those behind them are seen when these are gone. */
    public static final int MOST = 1_000;

    /**
     * A group of a queue.
     *
     * @param name
     *            its name
     * @param delivered
     *            the last entry that it was given
     * @param acknowledged
     *            how many of the entries that the group was given are no longer pending, including entries that were taken away; empty
     *            when Redis does not know
     * @param pending
     *            the oldest {@link #MOST} pending entries
     */
    public record QueueGroup(String name, EntryId delivered, OptionalLong acknowledged, List<DeliveredEntry> pending) {
        public QueueGroup {
            pending = List.copyOf(pending);
        }
    }

    /** An entry, and when it was last delivered. */
    public record DeliveredEntry(EntryId entry, Instant at) {
    }

    public QueueInspection {
        groups = List.copyOf(groups);
    }

    /** Whether the queue is as it was at an earlier inspection, so that its entries were not read again. */
    public boolean repeats(QueueInspection earlier) {
        return !counts.isEmpty() && counts.equals(earlier.counts);
    }
}
