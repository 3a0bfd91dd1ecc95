package framebuffer.orchestrator.pipeline;

import framebuffer.orchestrator.pipeline.dispatch.HandOffs;
import framebuffer.orchestrator.pipeline.intake.Delivery;
import framebuffer.redis.cluster.ServiceClock.Interval;
import framebuffer.redis.handoff.HandOff;
import framebuffer.wire.EntryId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether the pump still holds the entries that are pending for this instance. It loses them when another instance takes over,
 * when the stream or its group is created anew, or when Redis loses data: each changes one mark in Redis, which is also checked while no
 * frame arrives. It also loses them when another process reads under this instance's name, as may happen after a suspension: nobody else
 * would hand off the entries that the other process read. For the pump's thread.
 */
final class PendingOwnership {
    /** Interval between checks of the mark; a hand-off from the capture stream checks it each time. */
    private static final Duration LOOK = Duration.ofMillis(500);

    /** Interval between checks for entries that are pending for this instance but not held by the pump. */
    private static final Duration LOOK_FOR_STRAYS = Duration.ofSeconds(2);

    private final BiPredicate<String, EntryId> holds;
    /** Stream → the newest entry that the pump has taken. */
    private final Map<String, EntryId> taken = new HashMap<>();
    private Instant searchedAt = Instant.EPOCH;
    private String groups = "";
    private Instant lookedAt = Instant.EPOCH;

    /**
     * @param holds whether the pump holds an entry of a stream
     */
    PendingOwnership(BiPredicate<String, EntryId> holds) {
        this.holds = holds;
    }

    /** Claims all pending entries. Returns the newest entry that is counted as captured. */
    EntryId begin(HandOffs handOffs) {
        HandOff.OwnershipMark mark = handOffs.mark();
        groups = mark.groups();
        taken.clear();
        return mark.cursor();
    }

    /**
     * Whether the pump still holds its pending entries; asks Redis when a check is due.
     *
     * @param settle settles the batches that are in flight
     * @param told then returns the newest entry that this instance has counted in Redis
     */
    boolean stands(HandOffs handOffs, Instant now, Runnable settle, Supplier<EntryId> told) {
        if (!Interval.isOver(lookedAt, LOOK, now)) {
            return true;
        }
        lookedAt = now;
        settle.run();
        if (!handOffs.stands(new HandOff.OwnershipMark(told.get(), groups))) {
            return false;
        }
        if (!Interval.isOver(searchedAt, LOOK_FOR_STRAYS, now)) {
            return true;
        }
        searchedAt = now;
        return handOffs.streams().stream().noneMatch(stream -> strays(stream, handOffs.oldestPending(stream)));
    }

    /** The pump takes entries in order, so it has passed this one: it must hold the entry, or have handed it off. */
    private boolean strays(String stream, @Nullable EntryId oldestPending) {
        EntryId newestTaken = taken.get(stream);
        return oldestPending != null && newestTaken != null && oldestPending.compareTo(newestTaken) <= 0
                && !holds.test(stream, oldestPending);
    }

    /** Notes that the pump takes a delivery. */
    void takes(Delivery delivery) {
        if (delivery instanceof Delivery.Fresh || delivery instanceof Delivery.Returned) {
            taken.put(delivery.source().stream(), delivery.entries().getLast().id());
        }
    }
}
