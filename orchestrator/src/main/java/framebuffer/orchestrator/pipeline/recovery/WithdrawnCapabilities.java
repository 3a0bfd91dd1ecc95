package framebuffer.orchestrator.pipeline.recovery;

import framebuffer.redis.StreamEntry;
import framebuffer.redis.queues.QueueInspection;
import framebuffer.wire.EntryId;
import framebuffer.wire.text.Fields;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds queued frames whose capability the processor no longer offers. The queue is searched once, in batches: at first, because the
 * processor may have changed unnoticed, and again whenever it withdraws a capability.
 */
final class WithdrawnCapabilities {
    private static final String CAPABILITY = "capability";

    private Set<String> offered = Set.of();
    private Optional<EntryId> searchedUpTo = Optional.of(EntryId.FIRST);

    /** Sets the capabilities that the processor offers. */
    void offers(List<String> capabilities) {
        Set<String> now = new HashSet<>(capabilities);
        if (!now.containsAll(offered)) {
            searchAgain();
        }
        offered = Set.copyOf(now);
    }

    /** Searches from the beginning again, because the pump has forgotten the frames found. */
    void searchAgain() {
        searchedUpTo = Optional.of(EntryId.FIRST);
    }

    /** The entry behind which the search continues; empty when it is finished. */
    Optional<EntryId> searchedUpTo() {
        return searchedUpTo;
    }

    /**
     * Frames among {@code fetched} that wait for a withdrawn capability. Delivered frames are left out: the processor may finish them.
     *
     * @param fetched entries behind {@link #searchedUpTo}, at most {@code atMost}
     * @param atMost most frames
     */
    List<StreamEntry> next(List<StreamEntry> fetched, int atMost, List<QueueInspection.QueueGroup> groups) {
        searchedUpTo = fetched.size() < atMost ? Optional.empty() : Optional.of(fetched.getLast().id());
        return fetched.stream().filter(entry -> isWithdrawn(entry.fields())
                && groups.stream().allMatch(group -> group.delivered().compareTo(entry.id()) < 0)).toList();
    }

    /** A frame that names no capability suits any processor. */
    private boolean isWithdrawn(@Nullable Fields frame) {
        String capability = frame == null ? null : frame.text(CAPABILITY);
        return capability != null && !capability.isEmpty() && !offered.contains(capability);
    }
}
