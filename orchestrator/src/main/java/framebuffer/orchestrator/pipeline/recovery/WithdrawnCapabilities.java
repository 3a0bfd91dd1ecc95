package framebuffer.orchestrator.pipeline.recovery;

import framebuffer.redis.StreamEntry;
import framebuffer.redis.queues.QueueInspection;
import framebuffer.wire.EntryId;
import framebuffer.wire.text.Fields;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds, in the work queue of one processor, the frames that wait for a capability that the processor no longer offers. The queue is
 * searched once, a batch at a time: when it is watched first, for its processor may have changed while nobody looked, and whenever the
 * processor has given up a capability.
 */
final class WithdrawnCapabilities {
    private static final String CAPABILITY = "capability";

    private Set<String> offered = Set.of();
    private @Nullable EntryId searchedUpTo = EntryId.FIRST;

    /** The processor offers these now. */
    void offers(List<String> capabilities) {
        Set<String> now = new HashSet<>(capabilities);
        if (!now.containsAll(offered)) {
            searchAgain();
        }
        offered = Set.copyOf(now);
    }

    /** What was found is forgotten by who was to hand it off. */
    void searchAgain() {
        searchedUpTo = EntryId.FIRST;
    }

    /** Behind which entry the search goes on; null when all was searched. */
    @Nullable
    EntryId searchedUpTo() {
        return searchedUpTo;
    }

    /**
     * Those of the next entries that the processor does not offer a capability for and has not been given: what it works on it may
     * finish.
     *
     * @param fetched
     *            the entries behind {@link #searchedUpTo}, at most so many
     * @param atMost
     *            how many
     */
    SortedMap<EntryId, StreamEntry> next(List<StreamEntry> fetched, int atMost,
            List<QueueInspection.QueueGroup> groups) {
        searchedUpTo = fetched.size() < atMost ? null : fetched.getLast().id();
        SortedMap<EntryId, StreamEntry> found = new TreeMap<>();
        for (StreamEntry entry : fetched) {
            if (isWithdrawn(entry.fields())
                    && groups.stream().allMatch(group -> group.delivered().compareTo(entry.id()) < 0)) {
                found.put(entry.id(), entry);
            }
        }
        return found;
    }

    /** A frame that named no capability may go to any processor. */
    private boolean isWithdrawn(@Nullable Fields frame) {
        String capability = frame == null ? null : frame.text(CAPABILITY);
        return capability != null && !capability.isEmpty() && !offered.contains(capability);
    }
}
