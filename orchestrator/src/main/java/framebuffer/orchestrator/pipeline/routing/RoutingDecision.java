package framebuffer.orchestrator.pipeline.routing;

import java.util.List;

/** Where a frame goes, or why it cannot go now. */
public sealed interface RoutingDecision {

    /** The frame goes to these processors, one for each capability that it needs. Their room is reserved. */
    record Routed(List<Choice> choices) implements RoutingDecision {
        public Routed {
            choices = List.copyOf(choices);
        }
    }

    /** The frame waits until its camera is assigned to these processors. Their room is reserved. */
    record Unassigned(List<Choice> choices) implements RoutingDecision {
        public Unassigned {
            choices = List.copyOf(choices);
        }
    }

    /** No available processor offers this capability. */
    record NoCapability(String capability) implements RoutingDecision {
    }

    /** All processors with this capability are full. */
    record AllFull(String capability) implements RoutingDecision {
    }

    /** A processor for one capability; the capability is empty when the frame named none. */
    record Choice(String capability, ProcessorSlot slot) {
    }
}
