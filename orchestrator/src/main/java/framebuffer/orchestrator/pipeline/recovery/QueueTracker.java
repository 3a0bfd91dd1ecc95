package framebuffer.orchestrator.pipeline.recovery;

import framebuffer.orchestrator.pipeline.intake.Delivery;
import framebuffer.orchestrator.pipeline.intake.Delivery.Charge;
import framebuffer.orchestrator.pipeline.recovery.PendingEntries.PendingEntry;
import framebuffer.orchestrator.pipeline.recovery.QueueRecovery.Incarnation;
import framebuffer.orchestrator.pipeline.recovery.RecoveryPolicy.Reclaim;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.queues.QueueInspection;
import framebuffer.redis.queues.QueueInspection.DeliveredEntry;
import framebuffer.wire.EntryId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tracks one work queue from inspection to inspection: the progress of its groups, and the frames offered to the pump. An offered frame
 * stays in the queue until the pump hands it off elsewhere, so it is offered once until {@link #beginAgain}.
 */
final class QueueTracker {
    private final FrameSource source;
    private final LongSupplier numbers;
    private final Map<String, DeliveryTracker> groups = new HashMap<>();
    private final WithdrawnCapabilities withdrawn = new WithdrawnCapabilities();
    private Offers offers = Overdue.NONE;
    private Optional<QueueInspection> last = Optional.empty();
    private boolean anyOffered;
    private long restarts;

    /** The frames that were offered. */
    private sealed interface Offers {
    }

    /** Of a live processor: its overdue frames that are still pending. */
    private record Overdue(Set<EntryId> entries) implements Offers {
        private static final Overdue NONE = new Overdue(Set.of());
    }

    /**
     * Of a cut-off processor: all its frames, oldest first.
     *
     * @param upTo the last entry that was offered
     * @param exhausted whether the queue had no more
     * @param processed entries that were being processed when the processor was cut off
     */
    private record All(EntryId upTo, boolean exhausted, Set<EntryId> processed) implements Offers {
    }

    /**
     * @param numbers grow with each call, across all queues: a queue may be dropped and tracked anew
     */
    QueueTracker(FrameSource source, LongSupplier numbers) {
        this.source = source;
        this.numbers = numbers;
        this.restarts = numbers.getAsLong();
    }

    /** Offers all frames again, because the pump has forgotten them. */
    void beginAgain() {
        offerAgain();
        anyOffered = false;
    }

    /** Offers all frames again; the pump may still hold the earlier ones. */
    private void offerAgain() {
        offers = switch (offers) {
            case Overdue _ -> Overdue.NONE;
            case All(_, _, Set<EntryId> processed) -> new All(EntryId.FIRST, false, processed);
        };
        withdrawn.searchAgain();
    }

    /** Forgets the progress of the groups. */
    void lookAfresh() {
        groups.clear();
        last = Optional.empty();
    }

    /** Whether there may be frames not offered yet; a process that does not know of the cut-off may still add some. */
    boolean hasMore() {
        return switch (offers) {
            case Overdue _ -> withdrawn.searchedUpTo().isPresent();
            case All all -> !all.exhausted();
        };
    }

    /** Queued frames whose capability the processor no longer offers. */
    WithdrawnCapabilities withdrawnCapabilities() {
        return withdrawn;
    }

    /** The entry behind which the frames of a cut-off processor are read next. */
    EntryId offeredUpTo() {
        return offers instanceof All all ? all.upTo() : EntryId.FIRST;
    }

    /**
     * Notes an inspection and judges it.
     *
     * @return frames that have become overdue, oldest first; empty for a cut-off processor: see {@link #next}
     */
    List<Reclaim> inspect(Incarnation incarnation, QueueInspection inspection, RecoveryPolicy policy) {
        Map<String, DeliveryTracker> known = Map.copyOf(groups);
        groups.clear();
        TreeMap<EntryId, Charge> verdicts = new TreeMap<>();
        for (QueueInspection.QueueGroup group : inspection.groups()) {
            DeliveryTracker before = known.get(group.name());
            DeliveryTracker tracker = after(before, group, inspection);
            groups.put(group.name(), tracker);
            for (Reclaim verdict : policy.judge(incarnation,
                    before != null && takenMeanwhile(incarnation, before, tracker.seen()) ? before : tracker)) {
                verdicts.merge(verdict.entry(), verdict.charge(), BinaryOperator.maxBy(Comparator.naturalOrder()));
            }
        }
        last = Optional.of(inspection);
        if (incarnation.cutOff()) {
            if (offers instanceof Overdue) {
                restart(new All(EntryId.FIRST, false, charged(verdicts)));
            } else if (!hasMore() && inspection.length() == 0) {
                // Pending entries were deleted that lay too far behind to be offered before.
                offerAgain();
            }
            return List.of();
        }
        Set<EntryId> before = offered();
        offers = new Overdue(Set.copyOf(verdicts.keySet()));
        return verdicts.entrySet().stream().filter(one -> !before.contains(one.getKey()))
                .map(one -> new Reclaim(one.getKey(), one.getValue())).toList();
    }

    private DeliveryTracker after(@Nullable DeliveryTracker before, QueueInspection.QueueGroup group,
            QueueInspection inspection) {
        if (before != null && last.filter(inspection::repeats).isPresent()) {
            return before.unchanged(inspection.at());
        }
        PendingEntries seen = PendingEntries.of(inspection, group);
        return before == null ? DeliveryTracker.begin(seen) : before.after(seen, offeredOf(before));
    }

    /**
     * The last inspection, if it may be reused while the queue is unchanged: no entry may become overdue within this time. A processor that
     * claims an entry anew changes only the entry, not the queue.
     */
    Optional<QueueInspection> lasting(Incarnation incarnation, RecoveryPolicy policy, Duration within) {
        return last.filter(inspection -> !isCutOff() && inspection.groups().stream()
                .flatMap(group -> group.pending().stream().map(DeliveredEntry::at))
                .min(Comparator.naturalOrder())
                .filter(oldest -> policy.mayTake(incarnation, oldest, inspection.at().plus(within))).isEmpty());
    }

    /**
     * Whether the processor was cut off since, and another instance has begun to take its frames: the oldest ones now may only have waited.
     */
    private boolean takenMeanwhile(Incarnation incarnation, DeliveryTracker before, PendingEntries seen) {
        return incarnation.cutOff() && !isCutOff() && seen.taken() > before.seen().taken();
    }

    private Set<EntryId> offered() {
        return offers instanceof Overdue overdue ? overdue.entries() : Set.of();
    }

    /** Entries pending before that this instance offered. */
    private Set<EntryId> offeredOf(DeliveryTracker before) {
        return switch (offers) {
            case Overdue overdue -> overdue.entries();
            case All all -> before.seen().pending().stream().map(PendingEntry::entry)
                    .filter(entry -> entry.compareTo(all.upTo()) <= 0).collect(Collectors.toSet());
        };
    }

    private static Set<EntryId> charged(Map<EntryId, Charge> verdicts) {
        return verdicts.entrySet().stream().filter(one -> one.getValue() != Charge.NONE).map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Withdraws the offered frames because the processor is healthy again or gone: they stay in the queue.
     *
     * @return the message to the pump; empty when nothing was offered
     */
    Optional<Delivery.Withdrawn> withdraw(long epoch) {
        boolean any = anyOffered;
        restart(Overdue.NONE);
        anyOffered = false;
        return any ? Optional.of(new Delivery.Withdrawn(source, epoch + restarts)) : Optional.empty();
    }

    /** Starts new offers; the first of them withdraws all earlier ones. */
    private void restart(Offers anew) {
        offers = anew;
        withdrawn.searchAgain();
        restarts = numbers.getAsLong();
    }

    /** Whether the processor was cut off at the last inspection. */
    boolean isCutOff() {
        return offers instanceof All;
    }

    /**
     * The next frames of a cut-off processor, oldest first.
     *
     * @param fetched entries behind {@link #offeredUpTo}, at most {@code atMost}
     * @param atMost most frames
     */
    List<StreamEntry> next(List<StreamEntry> fetched, int atMost) {
        if (!(offers instanceof All(EntryId upTo, _, Set<EntryId> processed))) {
            return List.of();
        }
        TreeMap<EntryId, StreamEntry> next = new TreeMap<>();
        boolean all = fetched.size() < atMost;
        groups.values().stream().flatMap(group -> group.seen().pending().stream()).map(PendingEntry::entry)
                .filter(entry -> entry.compareTo(upTo) > 0
                        && (all || entry.compareTo(fetched.getLast().id()) < 0))
                // Pending but no longer in the queue: it was deleted.
                .forEach(entry -> next.put(entry, new StreamEntry(entry, null)));
        fetched.forEach(entry -> next.put(entry.id(), entry));
        offers = new All(next.isEmpty() ? upTo : next.lastKey(), next.isEmpty(), processed);
        return List.copyOf(next.values());
    }

    /** Deliveries of the entries, one for each charge. */
    List<Delivery.Reclaimed> deliveries(List<StreamEntry> entries, Map<EntryId, Charge> verdicts, String processor,
            long epoch) {
        Set<EntryId> processed = offers instanceof All all ? all.processed() : Set.of();
        Map<Charge, List<StreamEntry>> byCharge = entries.stream().collect(Collectors.groupingBy(
                entry -> verdicts.getOrDefault(entry.id(),
                        processed.contains(entry.id()) ? Charge.ATTEMPT : Charge.NONE),
                () -> new EnumMap<>(Charge.class), Collectors.toList()));
        List<Delivery.Reclaimed> deliveries = new ArrayList<>();
        byCharge.forEach((charge, some) -> {
            anyOffered = true;
            deliveries.add(new Delivery.Reclaimed(source, epoch + restarts, some, processor, charge));
        });
        return deliveries;
    }
}
