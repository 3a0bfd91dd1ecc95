package framebuffer.orchestrator.journey;

import framebuffer.orchestrator.journey.Journey.Event;
import framebuffer.orchestrator.journey.Journey.State;
import framebuffer.orchestrator.journey.Journey.What;
import framebuffer.streams.Entry;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisRefused;
import framebuffer.streams.Replies;
import framebuffer.streams.frames.EntrySearch;
import framebuffer.streams.frames.EntrySearch.Question;
import framebuffer.streams.frames.EntrySearch.Range;
import framebuffer.streams.frames.ShedFrames;
import framebuffer.wire.EntryId;
import framebuffer.wire.Fields;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.ShedFrame;
import framebuffer.wire.processor.Registration;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Looks for a frame in all places where it can be, in the direction in which frames go: so one that moves meanwhile is not missed. */
final class Whereabouts {
    /** So many entries of a stream are looked at. */
    private static final int MOST = 20_000;
    private static final int MOST_IN_A_QUEUE = 2_000;
    private static final List<String> NAMES = List.of("camera_id", "capability", "capture_id", "attempt",
            "enqueued_at");

    private final RedisConnection redis;
    private final Keys keys;
    private final String group;
    private final String frameId;

    Whereabouts(RedisConnection redis, Keys keys, String group, String frameId) {
        this.redis = redis;
        this.keys = keys;
        this.group = group;
        this.frameId = frameId;
    }

    /**
     * All that is found of it.
     *
     * @param since
     *            results are looked for from there on; null: among the first that are kept
     */
    List<Sighting> find(Collection<Registration> queues, @Nullable Instant since) {
        List<Sighting> found = new ArrayList<>(captured());
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

    private List<Entry> entries(String stream, Range range, List<String> wanted) {
        return EntrySearch.find(redis, stream, range, new Question("frame_id", frameId, wanted));
    }

    private List<Sighting> captured() {
        List<Sighting> found = new ArrayList<>();
        for (Entry entry : entries(keys.capture(), Range.first(MOST), NAMES)) {
            Held held = held(keys.capture(), group, entry.id());
            found.add(new Sighting(entry.id(), text(entry, "camera_id"), null, State.WAITING, null, 1,
                    held == null ? null : Event.of(held.since(), What.READ).by(held.consumer())));
        }
        return found;
    }

    private List<Sighting> returned(String stream) {
        List<String> wanted = new ArrayList<>(NAMES);
        wanted.addAll(List.of("return_kind", "return_detail", "processor_id"));
        List<Sighting> found = new ArrayList<>();
        for (Entry entry : entries(stream, Range.first(MOST), wanted)) {
            String who = text(entry, "processor_id");
            found.add(new Sighting(captureId(entry), text(entry, "camera_id"), text(entry, "capability"), State.WAITING,
                    null, number(entry, "attempt"),
                    Event.of(entry.id().time(), What.RETURNED)
                            .at(who.isEmpty() ? null : who, text(entry, "capability"), number(entry, "attempt"))
                            .because(text(entry, "return_kind"), text(entry, "return_detail"))));
        }
        return found;
    }

    private List<Sighting> queued(Registration registration) {
        String queue = keys.queue(registration.queue());
        List<Sighting> found = new ArrayList<>();
        for (Entry entry : entries(queue, Range.first(MOST_IN_A_QUEUE), NAMES)) {
            Held held = groups(queue).stream().map(name -> held(queue, name, entry.id())).filter(Objects::nonNull)
                    .findFirst().orElse(null);
            String capability = text(entry, "capability");
            int attempt = number(entry, "attempt");
            found.add(new Sighting(captureId(entry), text(entry, "camera_id"), capability,
                    held == null ? State.QUEUED : State.PROCESSING, registration.id(), attempt,
                    held == null
                            ? null
                            : Event.of(held.since(), What.GIVEN).at(registration.id(), capability, attempt)));
        }
        return found;
    }

    private List<Sighting> results(@Nullable Instant since) {
        Range range = since == null
                ? Range.first(MOST)
                : new Range(Long.toString(since.toEpochMilli()), "+", MOST);
        List<Sighting> found = new ArrayList<>();
        for (Entry entry : entries(keys.results(), range,
                List.of("camera_id", "capability", "processor_id", "status", "processed_at", "processing_ms",
                        "attempt"))) {
            String who = text(entry, "processor_id");
            found.add(new Sighting(null, text(entry, "camera_id"), text(entry, "capability"), State.DONE, who,
                    number(entry, "attempt"),
                    Event.of(moment(text(entry, "processed_at"), entry.id().time()), What.DONE)
                            .at(who, text(entry, "capability"), number(entry, "attempt"))
                            .because(text(entry, "status"), null).after(millis(text(entry, "processing_ms")))));
        }
        return found;
    }

    private List<Sighting> dead() {
        List<String> wanted = new ArrayList<>(NAMES);
        wanted.addAll(List.of("dead_reason", "dead_detail", "dead_at"));
        List<Sighting> found = new ArrayList<>();
        for (Entry entry : entries(keys.deadLetter(), Range.first(MOST), wanted)) {
            String capability = text(entry, "capability");
            found.add(new Sighting(captureId(entry), text(entry, "camera_id"), capability.isEmpty() ? null : capability,
                    State.DEAD, null, number(entry, "attempt"),
                    Event.of(moment(text(entry, "dead_at"), entry.id().time()), What.DEAD)
                            .at(null, null, number(entry, "attempt"))
                            .because(text(entry, "dead_reason"), text(entry, "dead_detail"))));
        }
        return found;
    }

    private static List<Sighting> shed(ShedFrame one) {
        Event event = Event.of(one.at(), What.SHED).by(one.instance()).because(one.reason().word(), one.detail());
        List<String> needs = one.needs().isEmpty() ? List.of("") : one.needs();
        return needs.stream().map(need -> new Sighting(one.captureId(), one.cameraId(), need, State.SHED, null,
                one.attempt(), event)).toList();
    }

    /** Who was given an entry, and when. */
    private record Held(String consumer, Instant since) {
    }

    private @Nullable Held held(String stream, String name, EntryId id) {
        try {
            List<?> pending = Replies.list(redis.call("XPENDING", stream, name, id.toString(), id.toString(), 1));
            if (pending.isEmpty()) {
                return null;
            }
            List<?> one = Replies.list(pending.getFirst());
            Instant now = Replies.time(redis.call("TIME"));
            return new Held(Replies.text(one.get(1)), now.minusMillis(Replies.number(one.get(2))));
        } catch (RedisRefused e) {
            // There is no such group yet.
            return null;
        }
    }

    private List<String> groups(String queue) {
        return Replies.list(redis.call("XINFO", "GROUPS", queue)).stream()
                .map(group -> Replies.text(Replies.list(group).get(1))).toList();
    }

    private static String text(Entry entry, String name) {
        String text = Objects.requireNonNullElse(entry.fields(), Fields.ofText()).text(name);
        return text == null ? "" : text;
    }

    private static int number(Entry entry, String name) {
        try {
            return Integer.parseInt(text(entry, name));
        } catch (NumberFormatException e) {
            // Of a frame that says nothing of it, nothing is known.
            return 0;
        }
    }

    private static @Nullable EntryId captureId(Entry entry) {
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
