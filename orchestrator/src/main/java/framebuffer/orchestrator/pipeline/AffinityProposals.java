package framebuffer.orchestrator.pipeline;

import framebuffer.orchestrator.pipeline.AffinityTable.Proposal;
import framebuffer.orchestrator.pipeline.routing.CameraAssignments;
import framebuffer.orchestrator.pipeline.routing.Router;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision.Choice;
import framebuffer.wire.CameraNeed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects the changes to the {@link AffinityTable} that the decisions of one turn need. For the pump's thread. */
final class AffinityProposals {
    private final AffinityTable affinityTable;
    private final AffinityTable.AffinityLimits limits;
    private final Duration tellSeen;
    private final List<Choice> reserved = new ArrayList<>();
    private final Set<CameraNeed> seen = new HashSet<>();
    private CameraAssignments view = CameraAssignments.UNREAD;
    private @Nullable CameraAssignments wishedOn;
    private Instant toldSeen = Instant.EPOCH;

    AffinityProposals(AffinityTable affinityTable) {
        this.affinityTable = affinityTable;
        this.limits = affinityTable.limits();
        // Often enough that no assignment in use expires, and seldom enough to cost nothing.
        this.tellSeen = limits.keep().dividedBy(4);
    }

    /** Begins a turn: decisions use the current view of the table. */
    public void begin(Router router) {
        view = affinityTable.view();
        router.begin(view, limits.cameras());
    }

    /** Notes that a frame of this camera is handed off to these processors. */
    public void goes(String camera, List<Choice> choices) {
        for (Choice choice : choices) {
            CameraNeed need = new CameraNeed(camera, choice.capability());
            if (view.processor(need) != null) {
                seen.add(need);
            }
        }
    }

    /** Reserves these slots until the end of the turn for a frame whose camera is not assigned yet. */
    public void waits(List<Choice> choices) {
        reserved.addAll(choices);
    }

    /** Ends the turn: offers its changes to the table, once for each view. */
    public void end(Router router, Instant now) {
        reserved.forEach(choice -> choice.slot().release());
        reserved.clear();
        boolean wishing = !router.wishes().isEmpty() && wishedOn != view;
        boolean telling = !seen.isEmpty() && !toldSeen.plus(tellSeen).isAfter(now);
        if (!wishing && !telling) {
            return;
        }
        Proposal proposal = new Proposal(view, wishing ? Map.copyOf(router.wishes()) : Map.of(),
                telling ? List.copyOf(seen) : List.of());
        if (affinityTable.offer(proposal)) {
            wishedOn = view;
            if (telling) {
                toldSeen = now;
                seen.clear();
            }
        }
    }
}
