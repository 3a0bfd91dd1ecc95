package framebuffer.app.serve;

import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Essential;
import framebuffer.app.help.OptionGroup;
import framebuffer.orchestrator.flowcontrol.Freshness;
import framebuffer.orchestrator.pipeline.AffinityTable;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump;
import framebuffer.orchestrator.pipeline.admission.Window;
import framebuffer.orchestrator.pipeline.admission.Window.Starvation;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.redis.handoff.HandOff;
import framebuffer.wire.control.CameraPolicy.Keep;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** Routing, limits and timeouts of the pipeline. */
@OptionGroup("Frames")
final class PipelineOptions {
    @Essential(in = {"serve", "run"})
    @Option(names = "--routing-strategy", paramLabel = "NAME", defaultValue = "least_loaded", completionCandidates = Strategies.class, description = "Strategy that chooses the processor of a frame: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private RoutingStrategy strategy = RoutingStrategy.LEAST_LOADED;

    @Option(names = "--consumer-group", paramLabel = "NAME", defaultValue = "frame-buffer-v2", description = "Consumer group on the capture stream; the same for all instances. Default: ${DEFAULT-VALUE}.")
    private String consumerGroup = "frame-buffer-v2";

    @ValueRange(least = "1", most = "1000000")
    @Option(names = "--window", paramLabel = "FRAMES", defaultValue = "10000", description = "Maximum number of frames in the window, where frames wait in memory for a processor. While the window is full, the instance reads no more frames. Default: ${DEFAULT-VALUE}.")
    private int window;

    @ValueRange(least = "1048576", most = "1099511627776")
    @Option(names = "--window-bytes", paramLabel = "BYTES", defaultValue = "67108864", description = "Maximum total size of the frames in the window; matters if frames carry their pixels. While the window is full, the instance reads no more frames. Default: ${DEFAULT-VALUE}.")
    private long windowBytes;

    @ValueRange(least = "1", most = "1000000")
    @Option(names = "--starvation-threshold", paramLabel = "FRAMES", defaultValue = "100", description = "Number of more urgent frames that may overtake a waiting frame; after that, the waiting frame goes first. Default: ${DEFAULT-VALUE}.")
    private int starvationThreshold;

    @ValueRange(least = "1s", most = "365d")
    @Option(names = "--starvation-age", paramLabel = "TIME", defaultValue = "60s", description = "Age, since the frame's timestamp or its capture, from which a waiting frame may go before fresher, more urgent frames. At most every other frame goes first because of its age. Default: ${DEFAULT-VALUE}.")
    private Duration starvationAge = Starvation.DEFAULT.age();

    @Option(names = "--keep", paramLabel = "all|latest", defaultValue = "all", description = "Which waiting frames of a camera the service sends: all, or only the latest for each capability. The policy of a camera overrides this. Default: ${DEFAULT-VALUE}.")
    private Keep keep = Keep.ALL;

    @Essential(in = {"serve", "run"})
    @ValueRange(least = "0s", most = "365d")
    @Option(names = "--max-age", paramLabel = "TIME", defaultValue = "0s", description = "Maximum age of a frame; the service sheds older frames. 0s: no limit. The policy of a camera overrides this. Default: ${DEFAULT-VALUE}.")
    private Duration maxAge = Duration.ZERO;

    @ValueRange(least = "1", most = "1000000")
    @Option(names = "--camera-policies-max", paramLabel = "N", defaultValue = "10000", description = "Maximum number of cameras with their own policy. Default: ${DEFAULT-VALUE}.")
    private int cameraPoliciesMax;

    @ValueRange(least = "1s", most = "365d")
    @Option(names = "--camera-retention", paramLabel = "TIME", defaultValue = "24h", description = "Time without a frame after which a camera leaves the lists; the ledger then counts its frames under \"other\". Default: ${DEFAULT-VALUE}.")
    private Duration cameraRetention = Pipeline.FlowControl.DEFAULT.cameraRetention();

    @ValueRange(least = "10ms", most = "1s")
    @Option(names = "--backpressure-check-interval", paramLabel = "TIME", defaultValue = "50ms", description = "Interval between backpressure checks. Default: ${DEFAULT-VALUE}.")
    private Duration backpressureCheckInterval = Pipeline.FlowControl.DEFAULT.pressureCheck();

    @ValueRange(least = "1", most = "2000")
    @Option(names = "--batch-size", paramLabel = "FRAMES", defaultValue = "200", description = "Maximum number of frames in one read and in one hand-off. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @ValueRange(least = "1", most = "1000")
    @Option(names = "--max-attempts", paramLabel = "N", defaultValue = "5", description = "Number of failed attempts after which a frame becomes a dead letter. Default: ${DEFAULT-VALUE}.")
    private int maxAttempts;

    @ValueRange(least = "1s", most = "1h")
    @Option(names = "--processing-timeout", paramLabel = "TIME", defaultValue = "60s", description = "Time in which a processor must finish a frame, unless the processor registers its own timeout. After that, the frame goes to another processor. Default: ${DEFAULT-VALUE}.")
    private Duration processingTimeout = Pump.PipelineLimits.DEFAULT.processingTimeout();

    @ValueRange(least = "1s", most = "365d")
    @Option(names = "--foreign-group-retention", paramLabel = "TIME", defaultValue = "1h", description = "How long a foreign consumer group on the capture stream may leave frames unread. After that, the service trims these frames. Default: ${DEFAULT-VALUE}.")
    private Duration foreignGroupRetention = Pump.PipelineLimits.DEFAULT.foreignGroupRetention();

    @ValueRange(least = "500ms", most = "10m")
    @Option(names = "--instance-lease", paramLabel = "TIME", defaultValue = "5s", description = "Time without a sign of life from an instance, after which other instances take over its frames. Default: ${DEFAULT-VALUE}.")
    private Duration instanceLease = Pump.PipelineLimits.DEFAULT.instanceLease();

    @ValueRange(least = "0", most = "1000000")
    @Option(names = "--affinity-max-cameras", paramLabel = "N", defaultValue = "10000", description = "Maximum number of cameras, for each capability, whose processor affinity routing remembers. It spreads further cameras by a hash of their name. Default: ${DEFAULT-VALUE}.")
    private int affinityMaxCameras;

    @ValueRange(least = "1s", most = "365d")
    @Option(names = "--affinity-forget-after", paramLabel = "TIME", defaultValue = "1h", description = "Time without a frame after which affinity routing forgets the processor of a camera. Default: ${DEFAULT-VALUE}.")
    private Duration affinityForgetAfter = AffinityTable.AffinityLimits.DEFAULT.keep();

    @ValueRange(least = "1", most = "10000000")
    @Option(names = "--dead-letter-max", paramLabel = "FRAMES", defaultValue = "10000", description = "Maximum number of dead letters; the service removes the oldest beyond it. Default: ${DEFAULT-VALUE}.")
    private int deadLetterMax;

    @ValueRange(least = "1", most = "10000000")
    @Option(names = "--shed-max", paramLabel = "FRAMES", defaultValue = "10000", description = "Maximum number of shed frames whose reason Redis keeps; the service removes the oldest beyond it. Default: ${DEFAULT-VALUE}.")
    private int shedMax;

    @ValueRange(least = "1", most = "10000000")
    @Option(names = "--deferred-max", paramLabel = "FRAMES", defaultValue = "100000", description = "Maximum number of deferred frames; beyond it, the frames that are due first return early. Default: ${DEFAULT-VALUE}.")
    private int deferredMax;

    @ValueRange(least = "100", most = "10000000")
    @Option(names = "--ledger-max-fields", paramLabel = "N", defaultValue = "50000", description = "Maximum number of fields in the ledger, about 2 for each camera; further cameras count together as \"other\". Redis reads 50 000 fields in about 30 ms. Default: ${DEFAULT-VALUE}.")
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

    Duration maxAge() {
        return maxAge;
    }

    RoutingStrategy strategy() {
        return strategy;
    }

    Pump.PipelineLimits bounds() {
        return new Pump.PipelineLimits(new Window.Limit(window, windowBytes),
                new Starvation(starvationThreshold, starvationAge), batchSize, maxAttempts,
                processingTimeout, foreignGroupRetention, instanceLease,
                new HandOff.HandOffLimits(ledgerMaxFields, deadLetterMax, shedMax, deferredMax),
                new AffinityTable.AffinityLimits(affinityMaxCameras, affinityForgetAfter));
    }

    Pipeline.FlowControl steering() {
        return new Pipeline.FlowControl(new Freshness(keep, maxAge), cameraPoliciesMax, backpressureCheckInterval,
                cameraRetention);
    }
}
