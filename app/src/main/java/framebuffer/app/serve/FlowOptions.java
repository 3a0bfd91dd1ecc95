package framebuffer.app.serve;

import framebuffer.app.keys.Within;
import framebuffer.orchestrator.FrameWay;
import framebuffer.orchestrator.admission.Starvation;
import framebuffer.orchestrator.admission.Window;
import framebuffer.orchestrator.affinity.Placing;
import framebuffer.orchestrator.freshness.Freshness;
import framebuffer.orchestrator.routing.RoutingStrategy;
import framebuffer.streams.handoff.HandOff;
import framebuffer.wire.control.CameraPolicy.Keep;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import picocli.CommandLine.Option;

/** How frames go, and what must not grow without limit on their way. */
public final class FlowOptions {
    @Option(names = "--routing-strategy", paramLabel = "NAME", defaultValue = "least_loaded", completionCandidates = Strategies.class, description = "How a processor is chosen: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private RoutingStrategy strategy = RoutingStrategy.LEAST_LOADED;

    @Option(names = "--consumer-group", paramLabel = "NAME", defaultValue = "frame-buffer-v2", description = "Our group on the capture stream, the same for all instances. Default: ${DEFAULT-VALUE}.")
    private String consumerGroup = "frame-buffer-v2";

    @Within(least = "1", most = "1000000")
    @Option(names = "--window", paramLabel = "FRAMES", defaultValue = "10000", description = "Most frames that wait for a processor in memory; past that no more are read. Default: ${DEFAULT-VALUE}.")
    private int window;

    @Within(least = "1048576", most = "1099511627776")
    @Option(names = "--window-bytes", paramLabel = "BYTES", defaultValue = "67108864", description = "Most bytes of the frames that wait for a processor in memory, which counts where they carry their pixels; past that no more are read. Default: ${DEFAULT-VALUE}.")
    private long windowBytes;

    @Within(least = "1", most = "1000000")
    @Option(names = "--starvation-threshold", paramLabel = "FRAMES", defaultValue = "100", description = "After so many more urgent frames have passed it, a waiting frame goes before fresher ones. Default: ${DEFAULT-VALUE}.")
    private int starvationThreshold;

    @Within(least = "1s", most = "365d")
    @Option(names = "--starvation-age", paramLabel = "TIME", defaultValue = "60s", description = "From this age on, by its timestamp or its capture, a waiting frame goes before fresher ones that are more urgent, at most every other time. Default: ${DEFAULT-VALUE}.")
    private Duration starvationAge = Starvation.DEFAULT.age();

    @Option(names = "--keep", paramLabel = "all|latest", defaultValue = "all", description = "Which of a camera's frames that wait are sent: all of them, or only the latest for each capability. A camera may have a policy of its own. Default: ${DEFAULT-VALUE}.")
    private Keep keep = Keep.ALL;

    @Within(least = "0s", most = "365d")
    @Option(names = "--max-age", paramLabel = "TIME", defaultValue = "0s", description = "Older frames are not sent; 0s: they may be of any age. A camera may have a policy of its own. Default: ${DEFAULT-VALUE}.")
    private Duration maxAge = Duration.ZERO;

    @Within(least = "1", most = "1000000")
    @Option(names = "--camera-policies-max", paramLabel = "N", defaultValue = "10000", description = "Cameras that may have a policy of their own. Default: ${DEFAULT-VALUE}.")
    private int cameraPoliciesMax;

    @Within(least = "1s", most = "365d")
    @Option(names = "--camera-retention", paramLabel = "TIME", defaultValue = "24h", description = "After this time without a frame a camera leaves the lists; its frames are counted under other. Default: ${DEFAULT-VALUE}.")
    private Duration cameraRetention = FrameWay.Steering.DEFAULT.cameraRetention();

    @Within(least = "10ms", most = "1s")
    @Option(names = "--backpressure-check-interval", paramLabel = "TIME", defaultValue = "50ms", description = "How often it is looked how full the processors are. Default: ${DEFAULT-VALUE}.")
    private Duration backpressureCheckInterval = FrameWay.Steering.DEFAULT.pressureCheck();

    @Within(least = "1", most = "2000")
    @Option(names = "--batch-size", paramLabel = "FRAMES", defaultValue = "200", description = "Frames read and handed off at once. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Within(least = "1", most = "1000")
    @Option(names = "--max-attempts", paramLabel = "N", defaultValue = "5", description = "Failed attempts after which a frame is given up on. Default: ${DEFAULT-VALUE}.")
    private int maxAttempts;

    @Within(least = "1s", most = "1h")
    @Option(names = "--processing-timeout", paramLabel = "TIME", defaultValue = "60s", description = "How long a processor that does not say may take for a frame; then it goes to another. Default: ${DEFAULT-VALUE}.")
    private Duration processingTimeout = FrameWay.Bounds.DEFAULT.processingTimeout();

    @Within(least = "1s", most = "365d")
    @Option(names = "--foreign-group-retention", paramLabel = "TIME", defaultValue = "1h", description = "How long another group on the capture stream may leave frames unread until it no longer holds them back. Default: ${DEFAULT-VALUE}.")
    private Duration foreignGroupRetention = FrameWay.Bounds.DEFAULT.foreignGroupRetention();

    @Within(least = "500ms", most = "10m")
    @Option(names = "--instance-lease", paramLabel = "TIME", defaultValue = "5s", description = "How long an instance may be silent until others take over what it holds. Default: ${DEFAULT-VALUE}.")
    private Duration instanceLease = FrameWay.Bounds.DEFAULT.instanceLease();

    @Within(least = "0", most = "1000000")
    @Option(names = "--affinity-max-cameras", paramLabel = "N", defaultValue = "10000", description = "Cameras whose processor affinity routing remembers, for each capability they need; those beyond are spread by name. Default: ${DEFAULT-VALUE}.")
    private int affinityMaxCameras;

    @Within(least = "1s", most = "365d")
    @Option(names = "--affinity-forget-after", paramLabel = "TIME", defaultValue = "1h", description = "After this time without a frame a camera's processor is forgotten. Default: ${DEFAULT-VALUE}.")
    private Duration affinityForgetAfter = Placing.Limits.DEFAULT.keep();

    @Within(least = "1", most = "10000000")
    @Option(names = "--dead-letter-max", paramLabel = "FRAMES", defaultValue = "10000", description = "Dead letters kept, the newest. Default: ${DEFAULT-VALUE}.")
    private int deadLetterMax;

    @Within(least = "1", most = "10000000")
    @Option(names = "--shed-max", paramLabel = "FRAMES", defaultValue = "10000", description = "Shed frames of which is kept what became of them, the newest. Default: ${DEFAULT-VALUE}.")
    private int shedMax;

    @Within(least = "1", most = "10000000")
    @Option(names = "--deferred-max", paramLabel = "FRAMES", defaultValue = "100000", description = "Most frames that wait in Redis because they may not go yet; beyond, those that are due first go early. Default: ${DEFAULT-VALUE}.")
    private int deferredMax;

    @Within(least = "100", most = "10000000")
    @Option(names = "--ledger-max-fields", paramLabel = "N", defaultValue = "100000", description = "Figures in the ledger; cameras beyond are counted together as other. Default: ${DEFAULT-VALUE}.")
    private int ledgerMaxFields;

    /** The names of all strategies. */
    private static final class Strategies implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(RoutingStrategy.values()).map(RoutingStrategy::word).iterator();
        }
    }

    String consumerGroup() {
        return consumerGroup;
    }

    RoutingStrategy strategy() {
        return strategy;
    }

    FrameWay.Bounds bounds() {
        return new FrameWay.Bounds(new Window.Limit(window, windowBytes),
                new Starvation(starvationThreshold, starvationAge), batchSize, maxAttempts,
                processingTimeout, foreignGroupRetention, instanceLease,
                new HandOff.Limits(ledgerMaxFields, deadLetterMax, shedMax, deferredMax),
                new Placing.Limits(affinityMaxCameras, affinityForgetAfter));
    }

    FrameWay.Steering steering() {
        return new FrameWay.Steering(new Freshness(keep, maxAge), cameraPoliciesMax, backpressureCheckInterval,
                cameraRetention);
    }
}
