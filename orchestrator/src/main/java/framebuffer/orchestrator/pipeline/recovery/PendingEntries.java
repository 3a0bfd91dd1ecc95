package framebuffer.orchestrator.pipeline.recovery;

import framebuffer.redis.queues.QueueInspection;
import framebuffer.wire.EntryId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * The pending entries of one group of a work queue at one moment.
 *
 * @param at the moment, by Redis's clock
 * @param acknowledged entries of the group that are no longer pending, including reclaimed ones; empty when Redis does not know
 * @param taken entries that were reclaimed so far
 * @param pending oldest first
 */
record PendingEntries(Instant at, OptionalLong acknowledged, long taken, List<PendingEntry> pending) {
    PendingEntries {
        pending = List.copyOf(pending);
    }

    /** A pending entry, and when it was delivered. */
    record PendingEntry(EntryId entry, Instant at) {
    }

    static PendingEntries of(QueueInspection look, QueueInspection.QueueGroup group) {
        return new PendingEntries(look.at(), group.acknowledged(), look.taken(),
                group.pending().stream().map(one -> new PendingEntry(one.entry(), one.at())).toList());
    }

    /** The same entries at a later moment. */
    PendingEntries at(Instant later) {
        return new PendingEntries(later, acknowledged, taken, pending);
    }

    /** Entries that are no longer pending since {@code earlier}, as far as Redis knows. */
    OptionalLong acknowledgedSince(PendingEntries earlier) {
        return acknowledged.isPresent() && earlier.acknowledged.isPresent()
                ? OptionalLong.of(acknowledged.getAsLong() - earlier.acknowledged.getAsLong())
                : OptionalLong.empty();
    }

    /** The same entries, where age 0 is replaced by the earlier age: Redis reports 0 for deliveries from before its clock was set back. */
    PendingEntries withAges(PendingEntries earlier) {
        if (pending.stream().noneMatch(given -> given.at().equals(at))) {
            return this;
        }
        Map<EntryId, Instant> known = earlier.pending.stream()
                .collect(Collectors.toMap(PendingEntry::entry, PendingEntry::at));
        return new PendingEntries(at, acknowledged, taken, pending.stream().map(given -> given.at().equals(at)
                ? new PendingEntry(given.entry(), known.getOrDefault(given.entry(), at))
                : given).toList());
    }
}
