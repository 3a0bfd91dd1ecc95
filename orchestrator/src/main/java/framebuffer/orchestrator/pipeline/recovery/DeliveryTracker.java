package framebuffer.orchestrator.pipeline.recovery;

import framebuffer.orchestrator.pipeline.recovery.PendingEntries.PendingEntry;
import framebuffer.wire.EntryId;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a group of a work queue does with what it is given, as known from look to look.
 *
 * @param seen
 *            the last look
 * @param acknowledgedAt
 *            when it was last seen to have acknowledged anything; at first, when it was first looked at
 * @param since
 *            when it was first looked at, or first again after nobody could look: how long before that an entry was delivered says
 *            nothing of it
 * @param overtaken
 *            pending entries behind which a later one was acknowledged: a processor that takes one after the other is done with them
 * @param outnumbering
 *            those of them that were more than what was acknowledged, when they were overtaken and ever since: failures in a row
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
     * What is known after another look.
     *
     * @param ours
     *            entries that we wanted to take away; that they vanish is no acknowledgement. Where other instances took some too, it
     *            is not known which, and nothing is concluded from this look
     */
    DeliveryTracker after(PendingEntries now, Set<EntryId> ours) {
        PendingEntries look = now.withAges(seen);
        Set<EntryId> pending = ids(look.pending());
        Set<EntryId> vanished = new TreeSet<>(ids(seen.pending()));
        vanished.removeAll(pending);
        boolean counted = look.acknowledged() >= 0 && seen.acknowledged() >= 0;
        long unseen = counted ? look.acknowledged() - seen.acknowledged() - vanished.size() : 0;
        long takenByUs = vanished.stream().filter(ours::contains).count();
        vanished.removeAll(ours);
        if (look.taken() - seen.taken() > takenByUs) {
            unseen = 0;
            vanished.clear();
        }
        EntryId newest = unseen > 0 ? null : vanished.stream().reduce((_, last) -> last).orElse(EntryId.FIRST);
        Set<EntryId> passed = new HashSet<>(overtaken);
        seen.pending().stream().map(PendingEntry::entry).filter(entry -> isBefore(entry, newest)).forEach(passed::add);
        passed.retainAll(pending);
        long acknowledged = Math.max(0, unseen) + vanished.size();
        return new DeliveryTracker(look, acknowledged > 0 ? look.at() : acknowledgedAt, since, passed,
                outnumbering(passed, acknowledged));
    }

    /** Those overtaken before count until as many are acknowledged at one look: until then some may just be in progress. */
    private Set<EntryId> outnumbering(Set<EntryId> passed, long acknowledged) {
        Set<EntryId> more = new HashSet<>(passed);
        more.removeIf(entry -> overtaken.contains(entry) && !outnumbering.contains(entry));
        return more.size() > acknowledged ? more : Set.of();
    }

    /** What is known after a look at which nothing had changed. */
    DeliveryTracker unchanged(Instant at) {
        return new DeliveryTracker(new PendingEntries(at, seen.acknowledged(), seen.taken(), seen.pending()),
                acknowledgedAt,
                since, overtaken, outnumbering);
    }

    /** Acknowledged without ever having been seen pending can only be what lies behind all that was: then {@code newest} is null. */
    private static boolean isBefore(EntryId entry, @Nullable EntryId newest) {
        return newest == null || entry.compareTo(newest) < 0;
    }

    private static Set<EntryId> ids(List<PendingEntry> pending) {
        return pending.stream().map(PendingEntry::entry).collect(Collectors.toSet());
    }
}
