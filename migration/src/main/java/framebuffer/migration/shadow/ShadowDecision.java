package framebuffer.migration.shadow;

import java.util.List;
import java.util.Locale;

/**
 * What this service would have done with one frame.
 *
 * @param outcome what
 * @param reason why it was shed, or would not do; empty: it would have reached its processors
 * @param waitMicros how long the frame would have waited for room, or until it was shed
 * @param parts for each capability that the frame needs, who would get it
 */
record ShadowDecision(Outcome outcome, String reason, long waitMicros, List<SimulatedPart> parts) {
    /** The frame is past the time that its producer gave it. */
    static final String EXPIRED = "expired";
    /** The frame is older than the service allows. */
    static final String TOO_OLD = "too_old";
    /** No processor offers the capability. */
    static final String NO_PROCESSOR = "no_processor";

    /** The frame needs more slots of a processor than it has. */
    static final String TOO_SMALL = "too_small";

    /** What would become of a frame. */
    enum Outcome {
        HANDED, WAITED, SHED, UNROUTABLE, INVALID;

        /** The word in the record. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One capability of a frame.
     *
     * @param capability empty: any processor will do
     * @param processor id of its processor; empty: none would have got it
     */
    record SimulatedPart(String capability, String processor) {
    }

    ShadowDecision {
        parts = List.copyOf(parts);
    }

    /** A decision that reaches no processor. */
    static ShadowDecision without(Outcome outcome, String reason, long waitMicros, List<String> needs) {
        List<String> named = needs.isEmpty() ? List.of("") : needs;
        return new ShadowDecision(outcome, reason, waitMicros,
                named.stream().map(need -> new SimulatedPart(need, "")).toList());
    }
}
