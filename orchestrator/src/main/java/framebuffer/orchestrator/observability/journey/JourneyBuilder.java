package framebuffer.orchestrator.observability.journey;

import framebuffer.orchestrator.observability.journey.Journey.CapabilityState;
import framebuffer.orchestrator.observability.journey.Journey.ConsideredProcessor;
import framebuffer.orchestrator.observability.journey.Journey.EventType;
import framebuffer.orchestrator.observability.journey.Journey.FrameState;
import framebuffer.orchestrator.observability.journey.Journey.JourneyEvent;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.StoredResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Combines the recorded steps and the found places of one frame. Where the frame was found outweighs the record. */
final class JourneyBuilder {
    private final String frameId;
    private final @Nullable EntryId captureId;
    private final List<JourneyEvent> events = new ArrayList<>();
    private final Map<String, CapabilityState> parts = new LinkedHashMap<>();
    private final List<StoredResult> results = new ArrayList<>();
    private @Nullable CapabilityState whole;
    private String cameraId = "";
    private boolean found;

    JourneyBuilder(String frameId, @Nullable EntryId captureId) {
        this.frameId = frameId;
        this.captureId = captureId;
        if (captureId != null) {
            events.add(JourneyEvent.of(captureId.time(), EventType.CAPTURED));
        }
    }

    void add(RecordedStep recorded) {
        cameraId = recorded.step().cameraId();
        switch (recorded.step()) {
            case JournalStep.HandOffStep step -> add(step, recorded);
            case JournalStep.TerminalStep step -> {
                boolean dead = step.ending() == JournalStep.TerminalState.DEAD;
                events.add(JourneyEvent.of(step.at(), dead ? EventType.DEAD : EventType.SHED).by(recorded.instance())
                        .because(step.reason(), step.detail()));
                whole = new CapabilityState("", dead ? FrameState.DEAD : FrameState.SHED, null, 0);
            }
        }
    }

    private void add(JournalStep.HandOffStep step, RecordedStep recorded) {
        whole = null;
        for (JournalStep.StepTarget choice : step.choices()) {
            boolean went = step.outcome() == JournalStep.HandOffResult.HANDED_OFF;
            events.add(JourneyEvent.of(step.at(), went ? EventType.HANDED_OFF : EventType.REFUSED)
                    .by(recorded.instance())
                    .at(choice.processor(), choice.capability(), step.attempt()).because(word(step), why(step, choice))
                    .after(Duration.between(step.readAt(), step.at()))
                    .among(step.trace(), judged(step, choice, recorded)));
            // Handed off and found nowhere: it was acknowledged.
            parts.put(choice.capability(),
                    new CapabilityState(choice.capability(), went ? FrameState.DONE : FrameState.WAITING,
                            went ? choice.processor() : null, step.attempt()));
        }
    }

    private static @Nullable String word(JournalStep.HandOffStep step) {
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

    private static String why(JournalStep.HandOffStep step, JournalStep.StepTarget choice) {
        String queue = "the queue of " + choice.processor();
        return switch (step.outcome()) {
            case FULL -> queue
                    + " had no room after all, or holds a frame that this one must not overtake; the service tries again";
            case CLOSED -> queue + " is missing, or is not a stream; the service tries again";
            case HANDED_OFF -> switch (step.from()) {
                case CAPTURE -> "chosen among the processors with room";
                case RETURNED -> "its processor returned it";
                case QUEUE -> "taken back from " + step.holder() + ", which did not answer";
            };
        };
    }

    private static List<ConsideredProcessor> judged(JournalStep.HandOffStep step, JournalStep.StepTarget choice,
            RecordedStep recorded) {
        return recorded.candidates().stream().filter(one -> one.offers(choice.capability())).map(one -> {
            boolean eligible = one.outstanding() >= 0 && one.outstanding() < one.capacity();
            String reason = one.outstanding() < 0
                    ? "has no queue"
                    : one.id().equals(step.avoid())
                            ? "failed with this frame before"
                            : eligible ? "has room for " + (one.capacity() - one.outstanding()) : "is full";
            return new ConsideredProcessor(one.id(), Math.max(0, one.outstanding()), one.capacity(), eligible,
                    one.id().equals(choice.processor()) ? "chosen: " + reason : reason);
        }).toList();
    }

    void add(FrameLocation location) {
        found = true;
        cameraId = location.cameraId().isEmpty() ? cameraId : location.cameraId();
        if (location.result() != null) {
            results.add(location.result());
        }
        JourneyEvent event = location.event();
        if (event != null && events.stream().noneMatch(one -> isSame(one, event))) {
            events.add(event);
        }
        CapabilityState part = new CapabilityState(location.capability() == null ? "" : location.capability(),
                location.state(),
                location.processor(), location.attempt());
        if (location.capability() != null) {
            parts.put(part.capability(), part);
        } else {
            whole = part;
        }
    }

    /** Whether two events are the same end, once recorded by the instance that decided and once found in Redis. */
    private static boolean isSame(JourneyEvent one, JourneyEvent other) {
        return one.what() == other.what()
                && (one.equals(other) || one.what() == EventType.DEAD || one.what() == EventType.SHED)
                && Duration.between(one.at(), other.at()).abs().compareTo(Duration.ofSeconds(1)) < 0;
    }

    Journey journey() {
        if (whole != null) {
            CapabilityState all = whole;
            parts.replaceAll((capability, part) -> part.state().isEnd() && part.state() != FrameState.DONE
                    ? part
                    : new CapabilityState(capability, all.state(), all.processor(),
                            Math.max(part.attempt(), all.attempt())));
            parts.putIfAbsent("", all);
            if (parts.size() > 1) {
                parts.remove("");
            }
        }
        CapabilityState now = parts.values().stream().min(Comparator.comparing(CapabilityState::state))
                .orElse(new CapabilityState("", FrameState.WAITING, null, 1));
        events.sort(Comparator.comparing(JourneyEvent::at));
        return new Journey(frameId, cameraId, captureId, now.state(), now.processor(),
                Math.max(1, parts.values().stream().mapToInt(CapabilityState::attempt).max().orElse(1)), events,
                List.copyOf(parts.values()), results);
    }

    /** Whether the frame was found; else only its recorded steps are known. */
    boolean isFound() {
        return found;
    }

    /** The first hand-off; null: unknown. */
    @Nullable
    Instant firstHandedOff() {
        return events.stream().filter(one -> one.what() == EventType.HANDED_OFF).map(JourneyEvent::at)
                .min(Instant::compareTo)
                .orElse(null);
    }
}
