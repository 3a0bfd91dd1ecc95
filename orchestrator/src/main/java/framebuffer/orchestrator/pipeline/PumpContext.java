package framebuffer.orchestrator.pipeline;

import framebuffer.orchestrator.flowcontrol.CameraPolicyStore.CameraPolicySnapshot;
import framebuffer.orchestrator.flowcontrol.Freshness;
import framebuffer.orchestrator.flowcontrol.OperatorSwitches.SwitchState;
import framebuffer.orchestrator.pipeline.deadletters.UnroutableFrames;
import framebuffer.wire.control.Registration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Processors, switches and camera policies as the pump sees them in this turn. No frame moves before switches and policies are known. For
 * the pump's thread.
 */
public final class PumpContext {
    private static final CameraPolicySnapshot LOSSLESS = new CameraPolicySnapshot(Freshness.LOSSLESS, Map.of());

    private final Pipeline.ProcessorView processors;
    private final Supplier<SwitchState> switches;
    private final Supplier<@Nullable CameraPolicySnapshot> policySource;
    private final UnroutableFrames unroutable;
    private List<Registration> available = List.of();
    private CameraPolicySnapshot policies = LOSSLESS;
    private boolean known;
    private boolean paused = true;

    /**
     * All suppliers answer at once.
     *
     * @param policies null: not known yet
     * @param unroutable decides which frames have waited long enough for a missing capability
     */
    public PumpContext(Pipeline.ProcessorView processors, Supplier<SwitchState> switches,
            Supplier<@Nullable CameraPolicySnapshot> policies, UnroutableFrames unroutable) {
        this.processors = processors;
        this.switches = switches;
        this.policySource = policies;
        this.unroutable = unroutable;
    }

    /** Reads the processors anew for a new router. */
    void forget() {
        available = List.of();
    }

    /** Refreshes everything. Returns whether the available processors have changed. */
    boolean refresh() {
        boolean sure = processors.known();
        List<Registration> now = processors.available();
        boolean changed = !now.equals(available);
        available = changed ? now : available;
        unroutable.available(available, sure);
        SwitchState state = switches.get();
        CameraPolicySnapshot set = policySource.get();
        known = state != SwitchState.UNKNOWN && set != null;
        paused = state != SwitchState.RUNNING || set == null;
        policies = set == null ? LOSSLESS : set;
        return changed;
    }

    List<Registration> available() {
        return available;
    }

    CameraPolicySnapshot policies() {
        return policies;
    }

    UnroutableFrames unroutable() {
        return unroutable;
    }

    boolean known() {
        return known;
    }

    boolean paused() {
        return paused;
    }
}
