package framebuffer.orchestrator.pipeline;

import framebuffer.orchestrator.flowcontrol.CameraLastSeen;
import framebuffer.orchestrator.flowcontrol.CameraPolicyStore.CameraPolicySnapshot;
import framebuffer.orchestrator.flowcontrol.OperatorSwitches.SwitchState;
import framebuffer.orchestrator.pipeline.admission.Window;
import framebuffer.orchestrator.pipeline.admission.Window.Starvation;
import framebuffer.orchestrator.pipeline.deadletters.PixelExtender;
import framebuffer.orchestrator.pipeline.deadletters.UnroutableFrames;
import framebuffer.orchestrator.pipeline.dispatch.FrameEvents;
import framebuffer.orchestrator.pipeline.dispatch.FrameTracer;
import framebuffer.orchestrator.pipeline.intake.Inbox;
import framebuffer.orchestrator.pipeline.intake.ServiceClock;
import framebuffer.orchestrator.pipeline.recovery.FailureRateMonitor;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.HandOff;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Registration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the pump works with.
 *
 * @param placing
 *            agrees with other instances whose camera is whose; only asked when the strategy is affinity
 * @param sightings
 *            is told of every captured frame
 * @param letters
 *            decides which frames are given up on
 * @param beginAgain
 *            makes all readers begin again with what is pending
 * @param events
 *            is told what happened to frames
 */
record PumpParts(PumpSettings settings, Inbox inbox, PumpInputs known, AffinityTable placing, CameraLastSeen sightings,
        PumpDeadLetters letters, Runnable beginAgain, FrameEvents events, FrameTracer tracing,
        ServiceClock.Follower clock) {

    /** What the pump is told. */
    record PumpSettings(Keys keys, FrameSource capture, String consumer, RoutingStrategy strategy, Window.Limit window,
            Starvation starvation, int batch, int maxAttempts, HandOff.HandOffLimits limits,
            AffinityTable.AffinityLimits affinity) {
    }

    /**
     * Which frames are given up on. The pump is its one thread.
     *
     * @param unroutable
     *            knows which have waited for a processor long enough
     * @param known
     *            whether it is known who is there; answers at once
     * @param floods
     *            knows when most frames fail
     * @param pixels
     *            keeps the pixels of those that wait
     */
    record PumpDeadLetters(UnroutableFrames unroutable, BooleanSupplier known, FailureRateMonitor floods,
            PixelExtender pixels) {
    }

    /**
     * What is known of the rest of the world. Each supplier answers at once.
     *
     * @param available
     *            the processors that may be sent frames; the same list as long as nothing changed
     * @param switches
     *            null: not known yet
     * @param policies
     *            which frames are worth sending; null: not known yet
     */
    record PumpInputs(Supplier<List<Registration>> available, Supplier<@Nullable SwitchState> switches,
            Supplier<@Nullable CameraPolicySnapshot> policies) {
    }
}
