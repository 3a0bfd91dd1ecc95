package framebuffer.orchestrator;

import framebuffer.orchestrator.admission.Starvation;
import framebuffer.orchestrator.admission.Window;
import framebuffer.orchestrator.affinity.Placing;
import framebuffer.orchestrator.clock.ServiceClock;
import framebuffer.orchestrator.control.Switches;
import framebuffer.orchestrator.dispatch.Settled;
import framebuffer.orchestrator.flood.FloodWatch;
import framebuffer.orchestrator.freshness.Policies;
import framebuffer.orchestrator.freshness.Sightings;
import framebuffer.orchestrator.intake.Inbox;
import framebuffer.orchestrator.letters.Unroutable;
import framebuffer.orchestrator.letters.WaitingPixels;
import framebuffer.orchestrator.routing.RoutingStrategy;
import framebuffer.orchestrator.telemetry.FrameTracing;
import framebuffer.orchestrator.telemetry.Metrics;
import framebuffer.streams.handoff.HandOff;
import framebuffer.streams.handoff.Source;
import framebuffer.wire.Keys;
import framebuffer.wire.processor.Registration;
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
 * @param journal
 *            takes down what is done with each frame
 */
record PumpParts(Settings settings, Inbox inbox, Known known, Placing placing, Sightings sightings,
        Letters letters, Runnable beginAgain, Metrics metrics, FrameTracing tracing, Settled journal,
        ServiceClock.Follower clock) {

    /** What the pump is told. */
    record Settings(Keys keys, Source capture, String consumer, RoutingStrategy strategy, Window.Limit window,
            Starvation starvation, int batch, int maxAttempts, HandOff.Limits limits, Placing.Limits affinity) {
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
    record Letters(Unroutable unroutable, BooleanSupplier known, FloodWatch floods, WaitingPixels pixels) {
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
    record Known(Supplier<List<Registration>> available, Supplier<@Nullable Switches> switches,
            Supplier<@Nullable Policies> policies) {
    }
}
