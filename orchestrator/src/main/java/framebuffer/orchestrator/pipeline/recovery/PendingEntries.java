package framebuffer.orchestrator.pipeline.recovery;

import framebuffer.wire.EntryId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a processor holds, at one moment: frames that its group was given and has not acknowledged.
 *
 * @param at
 *            when this was so, by Redis's clock
 * @param acknowledged
 *            how many its group no longer owes so far, those that were taken away included; -1: not known
 * @param taken
 *            how many were taken away so far
 * @param pending
 *            what it owes, the oldest first
 */
record PendingEntries(Instant at, long acknowledged, long taken, List<PendingEntry> pending) {
    PendingEntries {
        pending = List.copyOf(pending);
    }

    /**
     * The same, where an entry keeps the age it had at an earlier look if it has none now: Redis says so of what was delivered before its
     * clock was set back.
     */
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

    /** An entry that was given, and when. */
    record PendingEntry(EntryId entry, Instant at) {
    }
}
