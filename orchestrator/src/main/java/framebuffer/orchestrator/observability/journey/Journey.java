package framebuffer.orchestrator.observability.journey;

import framebuffer.wire.EntryId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a frame is, and what was done with it.
 *
 * @param captureId
 *            its id in the capture stream; null: not known any more
 * @param processor
 *            who has it, or had it last; null: nobody
 * @param attempt
 *            which attempt it is, or was
 * @param events
 *            in the order in which they happened
 * @param parts
 *            one for each capability that is known of it
 */
public record Journey(String frameId, String cameraId, @Nullable EntryId captureId, FrameState state,
        @Nullable String processor, int attempt, List<JourneyEvent> events, List<CapabilityState> parts) {
    public Journey {
        events = List.copyOf(events);
        parts = List.copyOf(parts);
    }

    /** Where a frame can be; in the order of how much is still to come. */
    public enum FrameState {
        /** In the capture stream or the window, or given back, until a processor has room. */
        WAITING,
        /** In a processor's queue. */
        QUEUED,
        /** A processor was given it. */
        PROCESSING,
        /** Given up on. */
        DEAD,
        /** Not worth sending any more. */
        SHED,
        /** Acknowledged. */
        DONE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether nothing more happens to it by itself. */
        public boolean isEnd() {
            return compareTo(PROCESSING) > 0;
        }
    }

    /** What becomes of it for one capability; the empty one is any. */
    public record CapabilityState(String capability, FrameState state, @Nullable String processor, int attempt) {
    }

    /** What happened. */
    public enum EventType {
        CAPTURED, READ, HANDED_OFF, REFUSED, GIVEN, RETURNED, DONE, DEAD, SHED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Something that happened.
     *
     * @param instance
     *            which instance did it; null: none of ours, or not known
     * @param capability
     *            for which; null: for all of them
     * @param attempt
     *            0: it was none
     * @param reason
     *            one word; null: it needs none
     * @param detail
     *            why, for people; null: it speaks for itself
     * @param took
     *            how long it waited before, or was processed; null: not known
     * @param trace
     *            the id of its trace; null: not known
     * @param candidates
     *            those among which was chosen
     */
    public record JourneyEvent(Instant at, EventType what, @Nullable String instance, @Nullable String processor,
            @Nullable String capability, int attempt, @Nullable String reason, @Nullable String detail,
            @Nullable Duration took, @Nullable String trace, List<ConsideredProcessor> candidates) {
        public JourneyEvent {
            candidates = List.copyOf(candidates);
        }

        static JourneyEvent of(Instant at, EventType what) {
            return new JourneyEvent(at, what, null, null, null, 0, null, null, null, null, List.of());
        }

        JourneyEvent by(@Nullable String who) {
            return new JourneyEvent(at, what, who, processor, capability, attempt, reason, detail, took, trace,
                    candidates);
        }

        JourneyEvent at(@Nullable String its, @Nullable String need, int nth) {
            return new JourneyEvent(at, what, instance, its, need, nth, reason, detail, took, trace, candidates);
        }

        JourneyEvent because(@Nullable String word, @Nullable String why) {
            return new JourneyEvent(at, what, instance, processor, capability, attempt, word, why, took, trace,
                    candidates);
        }

        JourneyEvent after(@Nullable Duration time) {
            return new JourneyEvent(at, what, instance, processor, capability, attempt, reason, detail, time, trace,
                    candidates);
        }

        JourneyEvent among(@Nullable String id, List<ConsideredProcessor> some) {
            return new JourneyEvent(at, what, instance, processor, capability, attempt, reason, detail, took, id, some);
        }
    }

    /**
     * A processor that was considered.
     *
     * @param eligible
     *            whether it could have been chosen
     * @param reason
     *            why, for people
     */
    public record ConsideredProcessor(String processor, int outstanding, int capacity, boolean eligible,
            String reason) {
    }
}
