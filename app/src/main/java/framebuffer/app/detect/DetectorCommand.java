package framebuffer.app.detect;

import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Essential;
import framebuffer.app.help.Examples;
import framebuffer.app.serve.Tracing;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.LogOptions;
import framebuffer.app.terminal.RedisOptions;
import framebuffer.app.terminal.ServiceOptions;
import framebuffer.app.terminal.StopSignal;
import framebuffer.client.Processor;
import framebuffer.client.ProcessorBuilder;
import framebuffer.client.RegistrationRefused;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.vision.detect.Detector;
import framebuffer.vision.detect.PicturePublisher;
import framebuffer.wire.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs one of the sample detectors until the user stops the command. */
@Command(name = "detector", header = "Runs one detector as a processor.", mixinStandardHelpOptions = true, description = "Runs a sample detector as a processor.")
@Examples({"frame-buffer detector people", "frame-buffer detector motion --id motion-2 --save pictures",
        "frame-buffer detector onnx --model yolo.onnx --labels coco.txt"})
public final class DetectorCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(DetectorCommand.class);
    private static final Duration LOOK = Duration.ofMillis(200);

    @Parameters(paramLabel = "KIND", description = "people (OpenCV's HOG), faces (OpenCV's Haar cascade), motion (MOG2), tampering (dark, dazzled, blurred), or onnx (a model of yours).")
    private DetectorKind kind = DetectorKind.PEOPLE;

    @Essential
    @Option(names = {"--id",
            "--processor-id"}, paramLabel = "ID", description = "Id of the processor; a detector that restarts under the same id continues with its queue. Default: KIND-1.")
    private @Nullable String id;

    @Essential
    @Option(names = "--processor-capabilities", paramLabel = "NAME", split = ",", description = "Capabilities that the detector registers, separated by commas. Default: the capability of its kind.")
    private List<String> capabilities = List.of();

    @ValueRange(least = "1", most = "1000000")
    @Option(names = "--capacity", paramLabel = "FRAMES", defaultValue = "8", description = "Maximum number of frames in its queue, waiting or in progress. Default: ${DEFAULT-VALUE}.")
    private int capacity;

    @Essential
    @ValueRange(least = "1", most = "1000000")
    @Option(names = {"--concurrency",
            "--max-concurrent-frames"}, paramLabel = "FRAMES", defaultValue = "1", description = "Maximum number of frames in progress at once. Default: ${DEFAULT-VALUE}.")
    private int concurrency;

    @ValueRange(least = "1s", most = "1h")
    @Option(names = "--heartbeat-interval", paramLabel = "TIME", defaultValue = "5s", description = "Interval between heartbeats; after two intervals without a sign of life, its frames go to other processors. Default: ${DEFAULT-VALUE}.")
    private Duration heartbeatInterval = Duration.ofSeconds(5);

    @ValueRange(least = "1", most = "100000000")
    @Option(names = "--results-max", paramLabel = "N", defaultValue = "100000", description = "Approximate number of results that Redis keeps; the oldest beyond it are removed. Default: ${DEFAULT-VALUE}.")
    private int resultsMax;

    @Essential
    @Option(names = "--save", paramLabel = "DIR", description = "Folder for annotated pictures; keeps the newest 200.")
    private @Nullable Path save;

    @ValueRange(least = "0", most = "65535")
    @Option(names = "--metrics-port", paramLabel = "PORT", description = "Port that answers GET /metrics, for Prometheus; 0: any free port. Default: none.")
    private @Nullable Integer metricsPort;

    @Option(names = "--metrics-host", paramLabel = "ADDRESS", defaultValue = "127.0.0.1", description = "Address of the metrics port. Default: ${DEFAULT-VALUE}.")
    private String metricsHost = "127.0.0.1";

    @Option(names = "--wait", arity = "0..1", paramLabel = "true|false", fallbackValue = "true", defaultValue = "true", description = "Waits until Redis and the service are available; false: ends with exit code 2 if they are not. Default: ${DEFAULT-VALUE}.")
    private boolean wait;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Mixin
    private final DetectorOptions special = new DetectorOptions();

    @Mixin
    private final LogOptions logging = new LogOptions();

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Mixin
    private final RedisOptions redis = new RedisOptions();

    @Override
    public Integer call() throws InterruptedException {
        logging.apply();
        redis.prepareVideo();
        refuseOptionsOfOtherKinds();
        String name = id == null ? kind.word() + "-1" : id;
        try (StopSignal stop = new StopSignal(); Detector detector = kind.make(special)) {
            if (!wait) {
                service.requireAnswer();
            }
            Optional<PartitionLayout> partitions = stop.awaitReady(wait,
                    () -> redis.on(redis.givenOrRunning()));
            if (partitions.isPresent()) {
                run(name, detector, partitions.get(), stop);
            }
        } catch (IllegalArgumentException | IllegalStateException | RegistrationRefused e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
        return 0;
    }

    /** On the command line only: a file may serve several detectors. */
    private void refuseOptionsOfOtherKinds() {
        for (String option : DetectorOptions.OF_ONNX) {
            if (!kind.options().contains(option)
                    && spec.commandLine().getParseResult().hasMatchedOption("--" + option)) {
                throw new CannotRun("detector " + kind.word() + " has no option --" + option);
            }
        }
    }

    private void run(String name, Detector detector, PartitionLayout partitions, StopSignal stop)
            throws InterruptedException {
        try (PicturePublisher show = new PicturePublisher(partitions).start();
                Tracing tracing = Tracing.fromEnvironment(System.getenv(), "frame-buffer-detector");
                Processor processor = describe(name, detector, show)
                        .tracing(tracing.ofProcessors()).start()) {
            log.info("{} is ready for {}", name, capabilities.isEmpty() ? detector.capability() : capabilities);
            run(processor, stop);
        }
    }

    private void run(Processor processor, StopSignal stop) throws InterruptedException {
        try (MetricsServer _ = metrics(processor)) {
            boolean stopped = false;
            while (!stopped && !processor.isClosed()) {
                stopped = stop.await(LOOK);
            }
            log.info("finishing {} frames", processor.statistics().inProgress());
        }
    }

    private @Nullable MetricsServer metrics(Processor processor) {
        if (metricsPort == null) {
            return null;
        }
        MetricsServer metrics = new MetricsServer(metricsHost, metricsPort, processor::metrics);
        log.info("metrics at http://{}:{}/metrics", metricsHost, metrics.port());
        return metrics;
    }

    private ProcessorBuilder describe(String name, Detector detector, PicturePublisher show) {
        ProcessorBuilder builder = Detectors.describe(name, detector, Detectors.annotator(save), show)
                .capacity(Math.max(capacity, detector.batch())).grace(Detectors.GRACE)
                .concurrency(Math.max(concurrency, detector.batch())).heartbeatInterval(heartbeatInterval)
                .resultsKept(resultsMax)
                .orchestrator(service.url()).redis(redis.givenOrRunning()).pixelsRedis(redis.pixels())
                .keyPrefix(redis.keyPrefix());
        if (!capabilities.isEmpty()) {
            builder.capabilities(capabilities.toArray(String[]::new));
        }
        SSLContext tls = service.tls();
        if (tls != null) {
            builder.orchestratorTls(tls);
        }
        Secret token = service.apiToken();
        return token == null ? builder : builder.token(token.reveal());
    }
}
