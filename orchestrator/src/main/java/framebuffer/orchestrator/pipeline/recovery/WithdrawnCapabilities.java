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
 * Finds, in the work queue of one processor, the frames that wait for a capability that the processor no longer offers. The queue is
 * searched once, a batch at a time: at first, for the processor may have changed while nobody looked, and whenever the processor has
 * given up a capability.
 */
final class WithdrawnCapabilities {
    private static final String CAPABILITY = "capability";

    private Set<String> offered = Set.of();
    private Optional<EntryId> searchedUpTo = Optional.of(EntryId.FIRST);

    /** The processor offers these now. */
    void offers(List<String> capabilities) {
        Set<String> now = new HashSet<>(capabilities);
        if (!now.containsAll(offered)) {
            searchAgain();
        }
        offered = Set.copyOf(now);
    }

    /** Searches the queue from its beginning: the pump has forgotten what was found. */
    void searchAgain() {
        searchedUpTo = Optional.of(EntryId.FIRST);
    }

    /** The entry behind which the search goes on; empty when it is finished. */
    Optional<EntryId> searchedUpTo() {
        return searchedUpTo;
    }

    /**
     * The frames among the next entries that wait for a withdrawn capability. A frame that was delivered is not among them: the processor
     * may finish it.
     *
     * @param fetched
     *            the entries behind {@link #searchedUpTo}, at most so many
     * @param atMost
     *            how many
     */
    List<StreamEntry> next(List<StreamEntry> fetched, int atMost, List<QueueInspection.QueueGroup> groups) {
        searchedUpTo = fetched.size() < atMost ? Optional.empty() : Optional.of(fetched.getLast().id());
        return fetched.stream().filter(entry -> isWithdrawn(entry.fields())
                && groups.stream().allMatch(group -> group.delivered().compareTo(entry.id()) < 0)).toList();
    }

    /** A frame that named no capability may go to any processor. */
    private boolean isWithdrawn(@Nullable Fields frame) {
        String capability = frame == null ? null : frame.text(CAPABILITY);
        return capability != null && !capability.isEmpty() && !offered.contains(capability);
    }
}
