package framebuffer.redis.queues;

import framebuffer.wire.EntryId;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/**
 * A work queue at one moment.
 *
 * @param at the moment, by Redis's clock
 * @param length entries in the queue; 0 also when its key is missing or not a stream
 * @param taken number of delivered entries that were taken away from the processor so far
 * @param counts the state as text, equal while the queue is unchanged; empty when its key is not a stream
 * @param groups the groups that read the queue
 */
public record QueueInspection(Instant at, long length, long taken, String counts, List<QueueGroup> groups) {
    /** Maximum number of entries listed for each group; later entries appear when these are gone. */
    public static final int MOST = 1_000;

    /**
     * A group of a queue.
     *
     * @param name its name
     * @param delivered the last entry delivered to it
     * @param acknowledged delivered entries that are no longer pending, including entries that were taken away; empty when Redis does not
     *     know
     * @param pending the oldest {@link #MOST} pending entries
     */
    public record QueueGroup(String name, EntryId delivered, OptionalLong acknowledged, List<DeliveredEntry> pending) {
        public QueueGroup {
            pending = List.copyOf(pending);
        }
    }

    /** An entry and the time of its last delivery. */
    public record DeliveredEntry(EntryId entry, Instant at) {
    }

    public QueueInspection {
        groups = List.copyOf(groups);
    }

    /** Whether the queue is unchanged since an earlier inspection, so that its entries were not read again. */
    public boolean repeats(QueueInspection earlier) {
        return !counts.isEmpty() && counts.equals(earlier.counts);
    }
}
