package framebuffer.orchestrator.observability.journey;

import framebuffer.wire.EntryId;
import framebuffer.wire.frame.StoredResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a frame is, and every step with it.
 *
 * @param captureId its id in the capture stream; null: no longer known
 * @param processor the processor that has it, or had it last; null: none
 * @param attempt the current or last attempt
 * @param events in order of time
 * @param parts one for each known capability
 * @param results those that are kept, in the order in which they were written
 */
public record Journey(String frameId, String cameraId, @Nullable EntryId captureId, FrameState state,
        @Nullable String processor, int attempt, List<JourneyEvent> events, List<CapabilityState> parts,
        List<StoredResult> results) {
    public Journey {
        events = List.copyOf(events);
        parts = List.copyOf(parts);
        results = List.copyOf(results);
    }

    /** The state of a frame, from the earliest to the last. */
    public enum FrameState {
        /** In the capture stream or the window, or given back, until a processor has room. */
        WAITING,
        /** In a processor's queue. */
        QUEUED,
        /** Delivered to a processor. */
        PROCESSING,
        /** Dead letter. */
        DEAD,
        /** No longer worth sending. */
        SHED,
        /** Acknowledged. */
        DONE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether the state is final. */
        public boolean isEnd() {
            return compareTo(PROCESSING) > 0;
        }
    }

    /** The state for one capability; the empty capability means any. */
    public record CapabilityState(String capability, FrameState state, @Nullable String processor, int attempt) {
    }

    /** Event types. */
    public enum EventType {
        CAPTURED, READ, HANDED_OFF, REFUSED, GIVEN, RETURNED, DONE, DEAD, SHED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * An event.
     *
     * @param instance the acting instance; null: none, or unknown
     * @param capability null: all capabilities
     * @param attempt 0: not an attempt
     * @param reason one word; null: none needed
     * @param detail why, as text; null: none needed
     * @param took how long it waited before, or was processed; null: unknown
     * @param trace the id of its trace; null: unknown
     * @param candidates the processors of the decision
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
     * A candidate processor.
     *
     * @param eligible whether it could have been chosen
     * @param reason why, as text
     */
    public record ConsideredProcessor(String processor, int outstanding, int capacity, boolean eligible,
            String reason) {
    }
}
