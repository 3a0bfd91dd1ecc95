package framebuffer.app.demo;

import framebuffer.app.config.ValueRange;
import framebuffer.app.serve.Tracing;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.LogOptions;
import framebuffer.app.terminal.RedisOptions;
import framebuffer.app.terminal.RetryUntilReady;
import framebuffer.app.terminal.StopSignal;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.vision.camera.Announcement;
import framebuffer.vision.camera.Camera;
import framebuffer.vision.camera.CameraSettings;
import framebuffer.vision.camera.CameraStatistics;
import framebuffer.vision.camera.Demand;
import framebuffer.vision.camera.FrameSink;
import framebuffer.vision.camera.Pictures;
import framebuffer.vision.camera.RedisSink;
import framebuffer.vision.source.CameraUnavailable;
import framebuffer.vision.source.VideoAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Announces the pictures of one camera as frames until the file ends or the user stops the command. */
@Command(name = "camera", mixinStandardHelpOptions = true, description = "Announces the pictures of a camera, a stream or a file as frames.")
public final class CameraCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(CameraCommand.class);
    private static final Duration LOOK = Duration.ofMillis(200);

    @Mixin
    private final SourceOptions source = new SourceOptions();

    @Option(names = {"--id",
            "--camera-id"}, paramLabel = "ID", required = true, description = "Id of the camera.")
    private String id = "";

    @Option(names = {"--detect",
            "--detection-types"}, paramLabel = "NAME", split = ",", description = "Capabilities that each frame needs, separated by commas. Default: any one processor.")
    private List<String> detect = List.of();

    @ValueRange(least = "0.01", most = "120")
    @Option(names = "--fps", paramLabel = "N", defaultValue = "5", description = "Maximum number of frames per second. Default: ${DEFAULT-VALUE}.")
    private double fps;

    @Option(names = "--loop", arity = "0..1", paramLabel = "true|false", fallbackValue = "true", defaultValue = "false", description = "Plays a video file in a loop.")
    private boolean loop;

    @ValueRange(least = "0", most = "10")
    @Option(names = "--priority", paramLabel = "0-10", defaultValue = "0", description = "Priority of the frames; 10 is the most urgent. Default: ${DEFAULT-VALUE}.")
    private int priority;

    @ValueRange(least = "1", most = "100")
    @Option(names = "--jpeg-quality", paramLabel = "1-100", defaultValue = "85", description = "JPEG quality of the pictures; 100 is the best and largest. Default: ${DEFAULT-VALUE}.")
    private int jpegQuality;

    @ValueRange(least = "1s", most = "30d")
    @Option(names = "--pixels-ttl", paramLabel = "TIME", defaultValue = "10m", description = "How long Redis keeps the pixels of a frame. Default: ${DEFAULT-VALUE}.")
    private Duration pixelsTtl = Duration.ofMinutes(10);

    @Option(names = "--obey-backpressure", arity = "0..1", paramLabel = "true|false", fallbackValue = "true", defaultValue = "true", description = "Sends fewer frames while processors are full. Default: ${DEFAULT-VALUE}.")
    private boolean obeyBackpressure;

    @ValueRange(least = "100ms", most = "10m")
    @Option(names = "--picture-timeout", paramLabel = "TIME", defaultValue = "10s", description = "Time without a picture, including the time to open the source, after which the camera opens the source again. Default: ${DEFAULT-VALUE}.")
    private Duration pictureTimeout = Pictures.DEFAULT.timeout();

    @Option(names = "--wait", arity = "0..1", paramLabel = "true|false", fallbackValue = "true", defaultValue = "true", description = "Waits until the source and Redis are available; false: ends with exit code 2 if they are not. Default: ${DEFAULT-VALUE}.")
    private boolean wait;

    @Mixin
    private final LogOptions logging = new LogOptions();

    @Mixin
    private final RedisOptions redis = new RedisOptions();

    @Override
    public Integer call() throws InterruptedException {
        logging.apply();
        redis.prepareVideo();
        try (StopSignal stop = new StopSignal()) {
            VideoAddress address = source.address();
            Optional<PartitionLayout> partitions = RetryUntilReady.by(stop, wait,
                    () -> redis.on(redis.givenOrRunning()));
            return partitions.isPresent() ? run(address, partitions.get(), stop) : 0;
        }
    }

    private int run(VideoAddress address, PartitionLayout partitions, StopSignal stop) throws InterruptedException {
        Partition partition = partitions.of(id);
        Demand demand = new Demand(partition.keys());
        try (RedisLoop asking = new RedisLoop("demand", partition.redis(), demand);
                Tracing tracing = Tracing.fromEnvironment(System.getenv(), "frame-buffer-camera");
                Camera camera = open(settings(address, demand, tracing), partitions)) {
            if (obeyBackpressure) {
                asking.start();
            }
            camera.start();
            log.info("camera {} shows {}", id, address);
            boolean stopped = false;
            while (!stopped && !camera.finished().isDone()) {
                stopped = stop.await(LOOK);
            }
            CameraStatistics statistics = camera.statistics();
            log.info("camera {}: {} frames announced, {} dropped, {} held back, {} could not be decoded", id,
                    statistics.captured(), statistics.dropped(), statistics.heldBack(), statistics.undecodable());
            return camera.finished().isCompletedExceptionally() ? 1 : 0;
        }
    }

    private CameraSettings settings(VideoAddress address, Demand demand, Tracing tracing) {
        try {
            return new CameraSettings(id, address, new Pictures(fps, jpegQuality, pictureTimeout), loop,
                    new Announcement(priority, detect, tracing::announce), () -> demand.share(detect, fps));
        } catch (IllegalArgumentException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }

    private Camera open(CameraSettings settings, PartitionLayout partitions) {
        FrameSink sink = new RedisSink(partitions, id, pixelsTtl);
        if (wait && settings.address().live()) {
            return Camera.waiting(settings, sink, InstantSource.system(), System::nanoTime);
        }
        try {
            return Camera.open(settings, sink, InstantSource.system(), System::nanoTime);
        } catch (CameraUnavailable e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }
}
