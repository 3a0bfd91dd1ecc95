package framebuffer.orchestrator.journey;

import framebuffer.orchestrator.journey.Journey.Event;
import framebuffer.orchestrator.journey.Journey.Judged;
import framebuffer.orchestrator.journey.Journey.Part;
import framebuffer.orchestrator.journey.Journey.State;
import framebuffer.orchestrator.journey.Journey.What;
import framebuffer.wire.EntryId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts together what was written down and what was found of one frame. Where it was found outweighs what was written down. */
final class Account {
    private final String frameId;
    private final @Nullable EntryId captureId;
    private final List<Event> events = new ArrayList<>();
    private final Map<String, Part> parts = new LinkedHashMap<>();
    private @Nullable Part whole;
    private String cameraId = "";
    private boolean found;

    Account(String frameId, @Nullable EntryId captureId) {
        this.frameId = frameId;
        this.captureId = captureId;
        if (captureId != null) {
            events.add(Event.of(captureId.time(), What.CAPTURED));
        }
    }

    void add(Noted noted) {
        cameraId = noted.step().cameraId();
        switch (noted.step()) {
            case Step.HandOff step -> add(step, noted);
            case Step.End step -> {
                boolean dead = step.ending() == Step.Ending.DEAD;
                events.add(Event.of(step.at(), dead ? What.DEAD : What.SHED).by(noted.instance())
                        .because(step.reason(), step.detail()));
                whole = new Part("", dead ? State.DEAD : State.SHED, null, 0);
            }
        }
    }

    private void add(Step.HandOff step, Noted noted) {
        whole = null;
        for (Step.Choice choice : step.choices()) {
            boolean went = step.outcome() == Step.Outcome.HANDED_OFF;
            events.add(Event.of(step.at(), went ? What.HANDED_OFF : What.REFUSED).by(noted.instance())
                    .at(choice.processor(), choice.capability(), step.attempt()).because(word(step), why(step, choice))
                    .after(Duration.between(step.readAt(), step.at()))
                    .among(step.trace(), judged(step, choice, noted)));
            // Handed off, and found nowhere: it was acknowledged.
            parts.put(choice.capability(), new Part(choice.capability(), went ? State.DONE : State.WAITING,
                    went ? choice.processor() : null, step.attempt()));
        }
    }

    private static @Nullable String word(Step.HandOff step) {
        return switch (step.outcome()) {
            case FULL -> "full";
            case CLOSED -> "closed";
            case HANDED_OFF -> switch (step.from()) {
                case CAPTURE -> null;
                case RETURNED -> "returned";
                case QUEUE -> "taken_back";
            };
        };
    }

    private static String why(Step.HandOff step, Step.Choice choice) {
        String queue = "the queue of " + choice.processor();
        return switch (step.outcome()) {
            case FULL -> queue + " had no room after all, or a frame that must not be overtaken; it is tried again";
            case CLOSED -> queue + " is missing, or no stream; it is tried again";
            case HANDED_OFF -> switch (step.from()) {
                case CAPTURE -> "chosen among those that offer it and have room";
                case RETURNED -> "its processor had given it back";
                case QUEUE -> "taken back from " + step.holder() + ", which did not answer for it";
            };
        };
    }

    private static List<Judged> judged(Step.HandOff step, Step.Choice choice, Noted noted) {
        return noted.candidates().stream().filter(one -> one.offers(choice.capability())).map(one -> {
            boolean eligible = one.outstanding() >= 0 && one.outstanding() < one.capacity();
            String reason = one.outstanding() < 0
                    ? "has no queue"
                    : one.id().equals(step.avoid())
                            ? "has failed with it before"
                            : eligible ? "has room for " + (one.capacity() - one.outstanding()) : "is full";
            return new Judged(one.id(), Math.max(0, one.outstanding()), one.capacity(), eligible,
                    one.id().equals(choice.processor()) ? "chosen: " + reason : reason);
        }).toList();
    }

    void add(Sighting sighting) {
        found = true;
        cameraId = sighting.cameraId().isEmpty() ? cameraId : sighting.cameraId();
        Event event = sighting.event();
        if (event != null && events.stream().noneMatch(one -> isSame(one, event))) {
            events.add(event);
        }
        Part part = new Part(sighting.capability() == null ? "" : sighting.capability(), sighting.state(),
                sighting.processor(), sighting.attempt());
        if (sighting.capability() != null) {
            parts.put(part.capability(), part);
        } else {
            whole = part;
        }
    }

    /** An end is written down by who decides on it, and found where the frame then lies. */
    private static boolean isSame(Event one, Event other) {
        return one.what() == other.what() && (one.equals(other) || one.what() == What.DEAD || one.what() == What.SHED)
                && Duration.between(one.at(), other.at()).abs().compareTo(Duration.ofSeconds(1)) < 0;
    }

    Journey journey() {
        if (whole != null) {
            Part all = whole;
            parts.replaceAll((capability, part) -> part.state().isEnd() && part.state() != State.DONE
                    ? part
                    : new Part(capability, all.state(), all.processor(), Math.max(part.attempt(), all.attempt())));
            parts.putIfAbsent("", all);
            if (parts.size() > 1) {
                parts.remove("");
            }
        }
        Part now = parts.values().stream().min(Comparator.comparing(Part::state))
                .orElse(new Part("", State.WAITING, null, 1));
        events.sort(Comparator.comparing(Event::at));
        return new Journey(frameId, cameraId, captureId, now.state(), now.processor(),
                Math.max(1, parts.values().stream().mapToInt(Part::attempt).max().orElse(1)), events,
                List.copyOf(parts.values()));
    }

    /** Whether it was found anywhere; else only what was written down is known. */
    boolean isFound() {
        return found;
    }

    /** When it was handed off first; null: not known. */
    @Nullable
    Instant firstHandedOff() {
        return events.stream().filter(one -> one.what() == What.HANDED_OFF).map(Event::at).min(Instant::compareTo)
                .orElse(null);
    }
}
