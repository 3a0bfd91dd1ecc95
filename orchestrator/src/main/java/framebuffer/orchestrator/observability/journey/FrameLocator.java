package framebuffer.orchestrator.observability.journey;

import framebuffer.orchestrator.observability.journey.Journey.EventType;
import framebuffer.orchestrator.observability.journey.Journey.FrameState;
import framebuffer.orchestrator.observability.journey.Journey.JourneyEvent;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.frames.EntrySearch;
import framebuffer.redis.frames.EntrySearch.SearchCriteria;
import framebuffer.redis.frames.EntrySearch.SearchRange;
import framebuffer.redis.frames.ShedFrames;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Registration;
import framebuffer.wire.frame.ShedFrame;
import framebuffer.wire.frame.StoredResult;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Searches all places of a frame in the direction in which frames move, so that a frame that moves meanwhile is not missed. */
final class FrameLocator {
    /** Most entries of a stream that are searched. */
    private static final int MOST = 20_000;
    private static final int MOST_IN_A_QUEUE = 2_000;
    private static final int MOST_RESULTS = 200_000;
    private static final List<String> NAMES = List.of("camera_id", "capability", "capture_id", "attempt",
            "enqueued_at");

    private final RedisConnection redis;
    private final Keys keys;
    private final String group;
    private final String frameId;

    FrameLocator(RedisConnection redis, Keys keys, String group, String frameId) {
        this.redis = redis;
        this.keys = keys;
        this.group = group;
        this.frameId = frameId;
    }

    /**
     * All places where the frame is found.
     *
     * @param since start of the search in results; null: the first that are kept
     */
    List<FrameLocation> find(Collection<Registration> queues, @Nullable Instant since) {
        List<FrameLocation> found = new ArrayList<>(captured());
        found.addAll(returned(keys.returned()));
        found.addAll(returned(keys.deferred()));
        for (Registration registration : queues) {
            found.addAll(queued(registration));
        }
        found.addAll(returned(keys.returned()));
        found.addAll(returned(keys.deferred()));
        found.addAll(returned(keys.returned()));
        found.addAll(results(since));
        found.addAll(dead());
        ShedFrames.find(redis, keys, frameId).forEach(one -> found.addAll(shed(one)));
        return found.stream().distinct().toList();
    }

    private List<StreamEntry> entries(String stream, SearchRange range, List<String> wanted) {
        return EntrySearch.find(redis, stream, range, new SearchCriteria("frame_id", frameId, wanted));
    }

    private List<FrameLocation> captured() {
        List<FrameLocation> found = new ArrayList<>();
        for (StreamEntry entry : entries(keys.capture(), SearchRange.first(MOST), NAMES)) {
            PendingDelivery held = held(keys.capture(), group, entry.id());
            found.add(new FrameLocation(entry.id(), text(entry, "camera_id"), null, FrameState.WAITING, null, 1,
                    held == null ? null : JourneyEvent.of(held.since(), EventType.READ).by(held.consumer()), null));
        }
        return found;
    }

    private List<FrameLocation> returned(String stream) {
        List<String> wanted = new ArrayList<>(NAMES);
        wanted.addAll(List.of("return_kind", "return_detail", "processor_id"));
        List<FrameLocation> found = new ArrayList<>();
        for (StreamEntry entry : entries(stream, SearchRange.first(MOST), wanted)) {
            String who = text(entry, "processor_id");
            found.add(new FrameLocation(captureId(entry), text(entry, "camera_id"), text(entry, "capability"),
                    FrameState.WAITING,
                    null, number(entry, "attempt"),
                    JourneyEvent.of(entry.id().time(), EventType.RETURNED)
                            .at(who.isEmpty() ? null : who, text(entry, "capability"), number(entry, "attempt"))
                            .because(text(entry, "return_kind"), text(entry, "return_detail")),
                    null));
        }
        return found;
    }

    private List<FrameLocation> queued(Registration registration) {
        String queue = keys.queue(registration.queue());
        List<FrameLocation> found = new ArrayList<>();
        for (StreamEntry entry : entries(queue, SearchRange.first(MOST_IN_A_QUEUE), NAMES)) {
            PendingDelivery held = groups(queue).stream().map(name -> held(queue, name, entry.id()))
                    .filter(Objects::nonNull)
                    .findFirst().orElse(null);
            String capability = text(entry, "capability");
            int attempt = number(entry, "attempt");
            found.add(new FrameLocation(captureId(entry), text(entry, "camera_id"), capability,
                    held == null ? FrameState.QUEUED : FrameState.PROCESSING, registration.id(), attempt,
                    held == null
                            ? null
                            : JourneyEvent.of(held.since(), EventType.GIVEN).at(registration.id(), capability,
                                    attempt),
                    null));
        }
        return found;
    }

    private List<FrameLocation> results(@Nullable Instant since) {
        SearchRange range = since == null
                ? SearchRange.first(MOST_RESULTS)
                : new SearchRange(Long.toString(since.toEpochMilli()), "+", MOST_RESULTS);
        List<FrameLocation> found = new ArrayList<>();
        for (StreamEntry entry : entries(keys.results(), range,
                List.of("frame_id", "camera_id", "capability", "processor_id", "status", "result", "processed_at",
                        "processing_ms", "attempt", "traceparent"))) {
            String who = text(entry, "processor_id");
            found.add(new FrameLocation(null, text(entry, "camera_id"), text(entry, "capability"), FrameState.DONE, who,
                    number(entry, "attempt"),
                    JourneyEvent.of(moment(text(entry, "processed_at"), entry.id().time()), EventType.DONE)
                            .at(who, text(entry, "capability"), number(entry, "attempt"))
                            .because(text(entry, "status"), null).after(millis(text(entry, "processing_ms"))),
                    result(entry)));
        }
        return found;
    }

    private static @Nullable StoredResult result(StreamEntry entry) {
        return entry.fields() != null && StoredResult.decode(entry.id(),
                entry.fields()) instanceof Decoded.Valid<StoredResult>(StoredResult result) ? result : null;
    }

    private List<FrameLocation> dead() {
        List<String> wanted = new ArrayList<>(NAMES);
        wanted.addAll(List.of("dead_reason", "dead_detail", "dead_at"));
        List<FrameLocation> found = new ArrayList<>();
        for (StreamEntry entry : entries(keys.deadLetter(), SearchRange.first(MOST), wanted)) {
            String capability = text(entry, "capability");
            found.add(new FrameLocation(captureId(entry), text(entry, "camera_id"),
                    capability.isEmpty() ? null : capability,
                    FrameState.DEAD, null, number(entry, "attempt"),
                    JourneyEvent.of(moment(text(entry, "dead_at"), entry.id().time()), EventType.DEAD)
                            .at(null, null, number(entry, "attempt"))
                            .because(text(entry, "dead_reason"), text(entry, "dead_detail")),
                    null));
        }
        return found;
    }

    private static List<FrameLocation> shed(ShedFrame one) {
        JourneyEvent event = JourneyEvent.of(one.at(), EventType.SHED).by(one.instance()).because(one.reason().word(),
                one.detail());
        List<String> needs = one.needs().isEmpty() ? List.of("") : one.needs();
        return needs.stream()
                .map(need -> new FrameLocation(one.captureId(), one.cameraId(), need, FrameState.SHED, null,
                        one.attempt(), event, null))
                .toList();
    }

    /** The consumer of a pending entry, and since when. */
    private record PendingDelivery(String consumer, Instant since) {
    }

    private @Nullable PendingDelivery held(String stream, String name, EntryId id) {
        try {
            List<?> pending = Replies.list(redis.call("XPENDING", stream, name, id.toString(), id.toString(), 1));
            if (pending.isEmpty()) {
                return null;
            }
            List<?> one = Replies.list(pending.getFirst());
            Instant now = Replies.time(redis.call("TIME"));
            return new PendingDelivery(Replies.text(one.get(1)), now.minusMillis(Replies.number(one.get(2))));
        } catch (RedisRefused e) {
            // The group does not exist yet.
            return null;
        }
    }

    private List<String> groups(String queue) {
        return Replies.list(redis.call("XINFO", "GROUPS", queue)).stream()
                .map(group -> Replies.text(Replies.list(group).get(1))).toList();
    }

    private static String text(StreamEntry entry, String name) {
        String text = Objects.requireNonNullElse(entry.fields(), Fields.ofText()).text(name);
        return text == null ? "" : text;
    }

    private static int number(StreamEntry entry, String name) {
        try {
            return Integer.parseInt(text(entry, name));
        } catch (NumberFormatException e) {
            // The entry names no attempt.
            return 0;
        }
    }

    private static @Nullable EntryId captureId(StreamEntry entry) {
        try {
            return EntryId.parse(text(entry, "capture_id"));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static Instant moment(String text, Instant otherwise) {
        try {
            return Instant.parse(text.endsWith("Z") ? text : text + "Z");
        } catch (DateTimeParseException e) {
            return otherwise;
        }
    }

    private static @Nullable Duration millis(String text) {
        try {
            return Duration.ofNanos(Math.round(Double.parseDouble(text) * 1e6));
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
