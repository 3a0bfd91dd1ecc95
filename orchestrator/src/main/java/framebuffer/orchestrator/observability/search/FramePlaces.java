package framebuffer.orchestrator.observability.search;

import framebuffer.orchestrator.observability.journey.JournalStep.TerminalStep;
import framebuffer.orchestrator.observability.journey.Journey.FrameState;
import framebuffer.orchestrator.observability.search.JournalScan.ScannedPart;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.frames.EntrySearch;
import framebuffer.redis.frames.EntrySearch.SearchCriteria;
import framebuffer.redis.frames.EntrySearch.SearchRange;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.Fields;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where frames are that were handed off. The queues are read once for a search, when it first needs them: what a search finds later was
 * handed off earlier, so it was in its place by then.
 */
final class FramePlaces {
    /** Most entries of a stream that are read. */
    private static final int MOST = 2_000;
    /** Index of last-delivered-id in the reply of XINFO GROUPS. */
    private static final int LAST_DELIVERED = 7;

    private final RedisConnection redis;
    private final Keys keys;
    private final Set<String> queues;
    /** The name of a part, as the journal has it, and its state; null: not read yet. */
    private @Nullable Map<String, FrameState> places;

    FramePlaces(RedisConnection redis, Keys keys, Collection<Registration> registered) {
        this.redis = redis;
        this.keys = keys;
        this.queues = registered.stream().map(one -> keys.queue(one.queue()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Those of the parts whose step is the last one of that part. */
    List<ScannedPart> last(List<ScannedPart> parts) {
        if (parts.isEmpty()) {
            return parts;
        }
        List<Object> asked = new ArrayList<>(List.of(keys.journeyRepeated()));
        parts.forEach(part -> asked.add(part.name()));
        List<?> newest = Replies.list(redis.call("ZMSCORE", asked.toArray()));
        List<ScannedPart> last = new ArrayList<>(parts.size());
        for (int i = 0; i < parts.size(); i++) {
            long at = ChronoUnit.MICROS.between(Instant.EPOCH, parts.get(i).step().at());
            if (newest.get(i) == null || Double.parseDouble(Replies.text(newest.get(i))) <= at) {
                last.add(parts.get(i));
            }
        }
        return last;
    }

    /** The state of a part by its last step. A part that was handed off and is found nowhere was acknowledged. */
    FrameState state(ScannedPart part) {
        if (part.step() instanceof TerminalStep end) {
            return FrameFilter.stateOf(end);
        }
        if (places == null) {
            places = read();
        }
        return places.getOrDefault(part.name(), FrameState.DONE);
    }

    /** Reads in the direction in which frames move, so that one that moves meanwhile is not missed. */
    private Map<String, FrameState> read() {
        Map<String, FrameState> found = new HashMap<>();
        waiting(found);
        queues.forEach(queue -> queued(queue, found));
        waiting(found);
        return found;
    }

    private void waiting(Map<String, FrameState> found) {
        for (String stream : List.of(keys.returned(), keys.deferred())) {
            entries(stream).forEach(entry -> found.put(name(entry), FrameState.WAITING));
        }
    }

    private void queued(String queue, Map<String, FrameState> found) {
        List<StreamEntry> entries = entries(queue);
        if (entries.isEmpty()) {
            return;
        }
        EntryId delivered = Replies.list(redis.call("XINFO", "GROUPS", queue)).stream()
                .map(group -> EntryId.parse(Replies.text(Replies.list(group).get(LAST_DELIVERED))))
                .max(EntryId::compareTo).orElse(EntryId.FIRST);
        entries.forEach(entry -> found.put(name(entry),
                entry.id().compareTo(delivered) > 0 ? FrameState.QUEUED : FrameState.PROCESSING));
    }

    private List<StreamEntry> entries(String stream) {
        return EntrySearch.find(redis, stream, SearchRange.first(MOST),
                SearchCriteria.all(List.of("capture_id", "capability")));
    }

    /** The name of the part, as the journal has it. */
    private static String name(StreamEntry entry) {
        Fields fields = entry.fields() == null ? Fields.ofText() : entry.fields();
        String capability = fields.text("capability");
        return fields.text("capture_id") + " " + (capability == null ? "" : capability);
    }
}
