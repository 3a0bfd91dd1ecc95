package framebuffer.orchestrator.pipeline.recovery;

import framebuffer.orchestrator.pipeline.intake.Delivery;
import framebuffer.orchestrator.pipeline.intake.Delivery.Charge;
import framebuffer.orchestrator.pipeline.recovery.PendingEntries.PendingEntry;
import framebuffer.orchestrator.pipeline.recovery.QueueRecovery.Incarnation;
import framebuffer.orchestrator.pipeline.recovery.RecoveryPolicy.Reclaim;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.queues.QueueInspection;
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
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One work queue, from look to look: what its groups do, and which of its frames have been offered to be handed off elsewhere. Those
 * stay in the queue until that happens, so each is offered once, until all begins again.
 */
final class QueueTracker {
    private final FrameSource source;
    private final Map<String, DeliveryTracker> groups = new HashMap<>();
    private final WithdrawnCapabilities withdrawn = new WithdrawnCapabilities();
    /** Of one that is not cut off: offered, and still pending. */
    private Set<EntryId> offered = Set.of();
    /** Of one that is cut off: all up to here were offered. */
    private EntryId offeredUpTo = EntryId.FIRST;
    /** Of one that is cut off: what it was processing when that happened. */
    private Set<EntryId> processed = Set.of();
    private @Nullable QueueInspection last;
    private boolean cutOff;
    private boolean exhausted;
    private boolean anyOffered;
    private final LongSupplier numbers;
    private long restarts;

    /**
     * @param numbers
     *            each larger than those before, whichever queue they were for: a queue may be given up and watched anew
     */
    QueueTracker(FrameSource source, LongSupplier numbers) {
        this.source = source;
        this.numbers = numbers;
        this.restarts = numbers.getAsLong();
    }

    /** What was offered is forgotten by who was to hand it off. */
    void beginAgain() {
        offerAgain();
        anyOffered = false;
    }

    /** What was offered may still be with who is to hand it off. */
    private void offerAgain() {
        offered = Set.of();
        offeredUpTo = EntryId.FIRST;
        exhausted = false;
        withdrawn.searchAgain();
    }

    /** What its groups did before is forgotten. */
    void lookAfresh() {
        groups.clear();
        last = null;
    }

    /** Whether frames are known to be there that have not been offered yet; others may come from who has not heard that it is cut off. */
    boolean hasMore() {
        return cutOff ? !exhausted : withdrawn.searchedUpTo() != null;
    }

    /** Frames there that its processor no longer offers the capability for. */
    WithdrawnCapabilities withdrawnCapabilities() {
        return withdrawn;
    }

    /** Where to go on fetching. */
    EntryId offeredUpTo() {
        return offeredUpTo;
    }

    /**
     * Notes a look, and how it is judged.
     *
     * @return what is to be taken of a processor that lives, by charge; of one that is cut off nothing: see {@link #next}
     */
    SortedMap<EntryId, Charge> inspect(Incarnation incarnation, QueueInspection inspection, RecoveryPolicy policy) {
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
        last = inspection;
        if (incarnation.cutOff()) {
            if (!cutOff) {
                cutOff = true;
                offerAnew();
                processed = charged(verdicts);
            }
            if (exhausted && inspection.length() == 0) {
                // What is still pending was deleted, and lay too far behind to be named before.
                offerAgain();
            }
            return new TreeMap<>();
        }
        Set<EntryId> before = offered;
        offered = Set.copyOf(verdicts.keySet());
        verdicts.keySet().removeAll(before);
        return verdicts;
    }

    private DeliveryTracker after(@Nullable DeliveryTracker before, QueueInspection.QueueGroup group,
            QueueInspection inspection) {
        if (before != null && last != null && inspection.repeats(last)) {
            return before.unchanged(inspection.at());
        }
        PendingEntries seen = new PendingEntries(inspection.at(), group.acknowledged(), inspection.taken(),
                group.pending().stream().map(one -> new PendingEntry(one.entry(), one.at())).toList());
        return before == null ? DeliveryTracker.begin(seen) : before.after(seen, offeredOf(before));
    }

    /**
     * The last look, if it will do again while the queue stands as it did then: nothing of what lies there may have to be taken away by
     * this moment. Whether a processor has claimed it anew meanwhile shows only in the entries.
     */
    Optional<QueueInspection> lasting(Incarnation incarnation, RecoveryPolicy policy, Duration within) {
        return Optional.ofNullable(last).filter(inspection -> !cutOff && inspection.groups().stream()
                .flatMap(group -> group.pending().stream().map(QueueInspection.DeliveredEntry::at))
                .min(Comparator.naturalOrder())
                .filter(oldest -> policy.mayTake(incarnation, oldest, inspection.at().plus(within))).isEmpty());
    }

    /**
     * Whether it is cut off since the last look, and another instance has begun to take its frames: what is the oldest now may only
     * have waited behind them.
     */
    private boolean takenMeanwhile(Incarnation incarnation, DeliveryTracker before, PendingEntries seen) {
        return incarnation.cutOff() && !cutOff && seen.taken() > before.seen().taken();
    }

    /** What was ours to take of what was pending before. */
    private Set<EntryId> offeredOf(DeliveryTracker before) {
        return cutOff
                ? before.seen().pending().stream().map(PendingEntry::entry)
                        .filter(entry -> entry.compareTo(offeredUpTo) <= 0).collect(Collectors.toSet())
                : offered;
    }

    private static Set<EntryId> charged(Map<EntryId, Charge> verdicts) {
        return verdicts.entrySet().stream().filter(one -> one.getValue() != Charge.NONE).map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * It lives again, or is gone: what was offered of it stays where it is.
     *
     * @return what says so to who was to hand it off; null: nothing was offered
     */
    @Nullable
    Delivery withdrawn(long epoch) {
        boolean any = anyOffered;
        cutOff = false;
        processed = Set.of();
        offerAnew();
        anyOffered = false;
        return any ? new Delivery.Withdrawn(source, epoch + restarts) : null;
    }

    /** With the first that is offered from now on, what was offered before is no longer. */
    private void offerAnew() {
        offerAgain();
        restarts = numbers.getAsLong();
    }

    /** Whether it was cut off at the last look. */
    boolean isCutOff() {
        return cutOff;
    }

    /**
     * The next frames of one that is cut off, oldest first.
     *
     * @param fetched
     *            the entries behind {@link #offeredUpTo}, at most so many
     * @param atMost
     *            how many
     */
    SortedMap<EntryId, StreamEntry> next(List<StreamEntry> fetched, int atMost) {
        TreeMap<EntryId, StreamEntry> next = new TreeMap<>();
        boolean all = fetched.size() < atMost;
        for (DeliveryTracker group : groups.values()) {
            for (PendingEntry pending : group.seen().pending()) {
                // Pending and not in the queue any more: somebody deleted it.
                if (pending.entry().compareTo(offeredUpTo) > 0
                        && (all || pending.entry().compareTo(fetched.getLast().id()) < 0)) {
                    next.put(pending.entry(), new StreamEntry(pending.entry(), null));
                }
            }
        }
        fetched.forEach(entry -> next.put(entry.id(), entry));
        exhausted = next.isEmpty();
        if (!next.isEmpty()) {
            offeredUpTo = next.lastKey();
        }
        return next;
    }

    /** Deliveries of entries, one for each charge that there is among them. */
    List<Delivery.Reclaimed> deliveries(Map<EntryId, StreamEntry> entries, Map<EntryId, Charge> verdicts,
            String processor,
            long epoch) {
        Map<Charge, List<StreamEntry>> byCharge = entries.values().stream().collect(Collectors.groupingBy(
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
