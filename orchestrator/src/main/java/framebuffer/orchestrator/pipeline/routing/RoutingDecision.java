package framebuffer.orchestrator.pipeline.routing;

import java.util.List;

/** Where a frame goes, or why it cannot go now. */
public sealed interface RoutingDecision {

    /** It goes to these processors, one for each capability that it needs. Their room is reserved. */
    record Routed(List<Choice> choices) implements RoutingDecision {
        public Routed {
            choices = List.copyOf(choices);
        }
    }

    /** It would go to these processors, but has to wait until its camera is assigned to them. Their room is reserved. */
    record Unassigned(List<Choice> choices) implements RoutingDecision {
        public Unassigned {
            choices = List.copyOf(choices);
        }
    }

    /** Nobody healthy offers this capability. */
    record NoCapability(String capability) implements RoutingDecision {
    }

    /** Those that offer this capability have no room. */
    record AllFull(String capability) implements RoutingDecision {
    }

    /** One processor for one capability; the capability is empty when the frame named none. */
    record Choice(String capability, ProcessorSlot slot) {
    }
}
