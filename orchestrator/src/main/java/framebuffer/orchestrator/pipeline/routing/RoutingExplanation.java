package framebuffer.orchestrator.pipeline.routing;

import framebuffer.wire.control.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Explains the decision of a {@link Router} and the state of each processor at that moment.
 *
 * @param choices one for each capability that the frame needs, in order; the last is the first without a processor, if any
 * @param refusal why the last choice has no processor, as text; null: all have one
 */
public record RoutingExplanation(RoutingStrategy strategy, List<ExplainedChoice> choices, @Nullable String refusal) {
    public RoutingExplanation {
        choices = List.copyOf(choices);
    }

    /**
     * The choice for one capability.
     *
     * @param capability empty: the frame named none
     * @param processorId null: no processor can take the frame
     * @param candidates every registered processor
     */
    public record ExplainedChoice(String capability, @Nullable String processorId, List<Candidate> candidates) {
        public ExplainedChoice {
            candidates = List.copyOf(candidates);
        }
    }

    /**
     * A candidate.
     *
     * @param utilization outstanding / capacity
     * @param eligible whether it could have been chosen
     * @param reason why, as text
     */
    public record Candidate(String processorId, double utilization, boolean eligible, String reason) {
    }

    /**
     * A registered processor.
     *
     * @param barred why it may not be sent frames; null: it may
     * @param outstanding frames in its queue; empty: it has no queue
     */
    public record Contender(Registration registration, @Nullable String barred, OptionalLong outstanding) {
        private void showTo(ProcessorSlot slot) {
            if (outstanding.isPresent()) {
                slot.seen((int) Math.max(0, registration.capacity() - outstanding.getAsLong()));
            } else {
                slot.close();
            }
        }

        private double utilization() {
            return (double) outstanding.orElse(0) / registration.capacity();
        }
    }

    /**
     * The frame to explain.
     *
     * @param needs the capabilities; empty: any processor
     * @param assignments the affinity table
     * @param most most assignments in the table
     */
    public record RoutingQuery(RoutingStrategy strategy, String camera, List<String> needs,
            CameraAssignments assignments,
            int most) {
        public RoutingQuery {
            needs = List.copyOf(needs);
        }
    }

    /** Decides as the pump would with this knowledge. */
    public static RoutingExplanation of(RoutingQuery question, List<Contender> contenders) {
        RoutingStrategy strategy = question.strategy();
        Router router = new Router(strategy);
        router.begin(question.assignments(), question.most());
        router.available(contenders.stream().filter(contender -> contender.barred() == null)
                .map(Contender::registration).toList());
        for (Contender contender : contenders) {
            ProcessorSlot slot = router.slot(contender.registration().id());
            if (slot != null) {
                contender.showTo(slot);
            }
        }
        List<ExplainedChoice> choices = new ArrayList<>();
        // One capability at a time, so that each sees the room that earlier ones have taken.
        for (String capability : question.needs().isEmpty() ? List.of("") : question.needs()) {
            List<Candidate> candidates = contenders.stream()
                    .map(contender -> candidate(contender, capability, router)).toList();
            RoutingDecision decision = router.decide(question.camera(), List.of(capability), null);
            String chosen = chosen(decision);
            choices.add(new ExplainedChoice(capability, chosen, candidates));
            if (chosen == null) {
                return new RoutingExplanation(strategy, choices, refusal(decision));
            }
        }
        return new RoutingExplanation(strategy, choices, null);
    }

    private static @Nullable String chosen(RoutingDecision decision) {
        return switch (decision) {
            case RoutingDecision.Routed(List<RoutingDecision.Choice> slots) ->
                slots.getFirst().slot().registration().id();
            case RoutingDecision.Unassigned(List<RoutingDecision.Choice> slots) ->
                slots.getFirst().slot().registration().id();
            case RoutingDecision.NoCapability _,RoutingDecision.AllFull _ -> null;
        };
    }

    private static @Nullable String refusal(RoutingDecision decision) {
        return switch (decision) {
            case RoutingDecision.Routed _,RoutingDecision.Unassigned _ -> null;
            case RoutingDecision.NoCapability(String capability) ->
                "no usable processor " + (capability.isEmpty() ? "is registered" : "offers " + capability);
            case RoutingDecision.AllFull(String capability) ->
                "no processor " + (capability.isEmpty() ? "" : "that offers " + capability + " ") + "has room";
        };
    }

    private static Candidate candidate(Contender contender, String capability, Router router) {
        Registration registration = contender.registration();
        ProcessorSlot slot = router.slot(registration.id());
        boolean eligible = registration.canProcess(capability) && slot != null && slot.room() > 0;
        return new Candidate(registration.id(), contender.utilization(), eligible,
                reason(contender, capability, slot));
    }

    private static String reason(Contender contender, String capability, @Nullable ProcessorSlot slot) {
        Registration registration = contender.registration();
        if (!registration.canProcess(capability)) {
            return "does not offer " + capability;
        }
        if (slot == null) {
            return String.valueOf(contender.barred());
        }
        if (slot.closed()) {
            return "has no queue: its key is missing, or is not a stream";
        }
        return slot.room() > 0
                ? "has room for " + slot.room() + " of " + registration.capacity()
                : "is full: " + slot.outstanding() + " of " + registration.capacity() + " outstanding";
    }
}
