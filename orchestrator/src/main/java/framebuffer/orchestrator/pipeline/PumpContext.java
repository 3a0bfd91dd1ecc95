package framebuffer.orchestrator.pipeline;

import framebuffer.orchestrator.flowcontrol.CameraPolicyStore.CameraPolicySnapshot;
import framebuffer.orchestrator.flowcontrol.Freshness;
import framebuffer.orchestrator.flowcontrol.OperatorSwitches.SwitchState;
import framebuffer.orchestrator.pipeline.routing.Router;
import framebuffer.wire.control.Registration;
import java.util.List;
import java.util.Map;

/** What the pump knows of the rest of the world in this turn. For its thread. */
final class PumpContext {
    private static final CameraPolicySnapshot LOSSLESS = new CameraPolicySnapshot(Freshness.LOSSLESS, Map.of());

    private final PumpParts parts;
    private List<Registration> available = List.of();
    private CameraPolicySnapshot policies = LOSSLESS;
    private boolean known;
    private boolean paused = true;

    PumpContext(PumpParts parts) {
        this.parts = parts;
    }

    /** A new router knows of no processors yet. */
    void forget() {
        available = List.of();
    }

    /** Nothing comes or goes before it is known whether an operator has paused us, and what is worth sending. */
    void notice(Router router) {
        boolean sure = parts.letters().known().getAsBoolean();
        List<Registration> now = parts.known().available().get();
        if (!now.equals(available)) {
            available = now;
            router.available(now);
        }
        parts.letters().unroutable().available(available, sure);
        SwitchState switches = parts.known().switches().get();
        CameraPolicySnapshot set = parts.known().policies().get();
        known = switches != null && set != null;
        paused = switches == null || switches.paused() || set == null;
        policies = set == null ? LOSSLESS : set;
    }

    List<Registration> available() {
        return available;
    }

    CameraPolicySnapshot policies() {
        return policies;
    }

    boolean known() {
        return known;
    }

    boolean paused() {
        return paused;
    }
}
