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
 * Whether the pump holds what is pending for this instance. It does not after another instance has taken that over, after the group or
 * the stream was made anew, nor when Redis has forgotten it: all of that changes one mark, which is looked at also while nothing arrives.
 * Nor does it when another process has read under this instance's name: after a suspension both may run for a moment, and nobody else
 * would ever hand those entries off. For the pump's thread.
 */
final class PendingOwnership {
    /** How often it is looked at; what is handed off from the capture stream names it each time. */
    private static final Duration LOOK = Duration.ofMillis(500);

    /** Interval between looks for entries that are pending for this instance and not held by the pump. */
    private static final Duration LOOK_FOR_STRAYS = Duration.ofSeconds(2);

    private final BiPredicate<String, EntryId> holds;
    /** Stream → the newest entry that the pump has taken from it since it began. */
    private final Map<String, EntryId> taken = new HashMap<>();
    private Instant searchedAt = Instant.EPOCH;
    private String groups = "";
    private Instant lookedAt = Instant.EPOCH;

    /**
     * @param holds
     *            whether the pump holds an entry of a stream
     */
    PendingOwnership(BiPredicate<String, EntryId> holds) {
        this.holds = holds;
    }

    /** All that is pending is its own from now on. Answers up to where its frames are counted as captured. */
    EntryId begin(HandOffs handOffs) {
        HandOff.OwnershipMark mark = handOffs.mark();
        groups = mark.groups();
        taken.clear();
        return mark.cursor();
    }

    /**
     * Whether it is still so, as far as it is known: looks when it is time.
     *
     * @param settle
     *            settles what is on its way
     * @param told
     *            up to where this instance has counted then
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

    /** The pump takes the entries of a stream in order, so it has passed this one, and must hold it unless it was handed off. */
    private boolean strays(String stream, @Nullable EntryId oldestPending) {
        EntryId newestTaken = taken.get(stream);
        return oldestPending != null && newestTaken != null && oldestPending.compareTo(newestTaken) <= 0
                && !holds.test(stream, oldestPending);
    }

    /** The pump takes a delivery. */
    void takes(Delivery delivery) {
        if (delivery instanceof Delivery.Fresh || delivery instanceof Delivery.Returned) {
            taken.put(delivery.source().stream(), delivery.entries().getLast().id());
        }
    }
}
