package framebuffer.orchestrator.pipeline.recovery;

import framebuffer.orchestrator.pipeline.recovery.PendingEntries.PendingEntry;
import framebuffer.wire.EntryId;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The progress of one group of a work queue from inspection to inspection.
 *
 * @param seen the last inspection
 * @param acknowledgedAt when an acknowledgement was last seen; at first, the first inspection
 * @param since the first inspection, or the first after a break: ages from before prove nothing about the group
 * @param overtaken pending entries behind which a later one was acknowledged: a sequential processor has finished with them
 * @param outnumbering overtaken entries that outnumbered the acknowledged ones then and ever since: consecutive failures
 */
record DeliveryTracker(PendingEntries seen, Instant acknowledgedAt, Instant since, Set<EntryId> overtaken,
        Set<EntryId> outnumbering) {

    DeliveryTracker {
        overtaken = Set.copyOf(overtaken);
        outnumbering = Set.copyOf(outnumbering);
    }

    static DeliveryTracker begin(PendingEntries look) {
        return new DeliveryTracker(look, look.at(), look.at(), Set.of(), Set.of());
    }

    /**
     * The progress after another inspection.
     *
     * @param ours entries that this instance offered to the pump: their disappearance is no acknowledgement. Where other instances also
     *     took
     * entries, nobody knows which, and the inspection proves nothing
     */
    DeliveryTracker after(PendingEntries now, Set<EntryId> ours) {
        PendingEntries look = now.withAges(seen);
        Set<EntryId> pending = ids(look.pending());
        TreeSet<EntryId> vanished = new TreeSet<>(ids(seen.pending()));
        vanished.removeAll(pending);
        OptionalLong counted = look.acknowledgedSince(seen);
        long unseen = counted.isPresent() ? Math.max(0, counted.getAsLong() - vanished.size()) : 0;
        long takenByUs = vanished.stream().filter(ours::contains).count();
        vanished.removeAll(ours);
        if (look.taken() - seen.taken() > takenByUs) {
            unseen = 0;
            vanished.clear();
        }
        // An acknowledged entry that was never seen pending lies behind all pending ones.
        boolean all = unseen > 0;
        Set<EntryId> passed = new HashSet<>(overtaken);
        seen.pending().stream().map(PendingEntry::entry)
                .filter(entry -> all || (!vanished.isEmpty() && entry.compareTo(vanished.last()) < 0))
                .forEach(passed::add);
        passed.retainAll(pending);
        long acknowledged = unseen + vanished.size();
        return new DeliveryTracker(look, acknowledged > 0 ? look.at() : acknowledgedAt, since, passed,
                outnumbering(passed, acknowledged));
    }

    /** Entries overtaken earlier count until one inspection sees as many acknowledged: until then some may be in progress. */
    private Set<EntryId> outnumbering(Set<EntryId> passed, long acknowledged) {
        Set<EntryId> more = new HashSet<>(passed);
        more.removeIf(entry -> overtaken.contains(entry) && !outnumbering.contains(entry));
        return more.size() > acknowledged ? more : Set.of();
    }

    /** The progress after an inspection without changes. */
    DeliveryTracker unchanged(Instant at) {
        return new DeliveryTracker(seen.at(at), acknowledgedAt, since, overtaken, outnumbering);
    }

    private static Set<EntryId> ids(List<PendingEntry> pending) {
        return pending.stream().map(PendingEntry::entry).collect(Collectors.toSet());
    }
}
