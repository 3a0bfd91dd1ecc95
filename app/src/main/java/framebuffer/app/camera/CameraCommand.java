package framebuffer.app.camera;

import framebuffer.app.help.Examples;
import framebuffer.app.serve.Tracing;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.LogOptions;
import framebuffer.app.terminal.RedisOptions;
import framebuffer.app.terminal.StopSignal;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.vision.camera.Camera;
import framebuffer.vision.camera.CameraSettings;
import framebuffer.vision.camera.CameraStatistics;
import framebuffer.vision.camera.Demand;
import framebuffer.vision.camera.FrameSink;
import framebuffer.vision.camera.RedisSink;
import framebuffer.vision.source.CameraUnavailable;
import framebuffer.vision.source.VideoAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Announces the pictures of one camera as frames until the file ends or the user stops the command. */
@Command(name = "camera", header = "Announces the pictures of one camera as frames.", mixinStandardHelpOptions = true, description = "Announces the pictures of a camera, a stream or a file as frames.")
@Examples({"frame-buffer camera demo --id door --loop",
        "frame-buffer camera webcam:0 --id desk --detect person_detection --fps 2"})
public final class CameraCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(CameraCommand.class);
    private static final Duration LOOK = Duration.ofMillis(200);

    @Mixin
    private final CameraOptions options = new CameraOptions();

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
            VideoAddress address = options.address();
            Optional<PartitionLayout> partitions = stop.awaitReady(wait,
                    () -> redis.on(redis.givenOrRunning()));
            return partitions.isPresent() ? run(address, partitions.get(), stop) : 0;
        }
    }

    private int run(VideoAddress address, PartitionLayout partitions, StopSignal stop) throws InterruptedException {
        String id = options.id();
        Partition partition = partitions.of(id);
        Demand demand = new Demand(partition.keys());
        CameraReports reports = new CameraReports(partition.keys());
        try (RedisLoop asking = new RedisLoop("demand", partition.redis(), demand);
                RedisLoop reporting = new RedisLoop("camera-reports", partition.redis(), reports);
                Tracing tracing = Tracing.fromEnvironment(System.getenv(), "frame-buffer-camera");
                Camera camera = open(options.settings(address, demand, tracing::announce), partitions)) {
            if (options.obeysBackpressure()) {
                asking.start();
            }
            camera.start();
            reports.add(camera);
            reporting.start();
            log.info("camera {} shows {}", id, address);
            boolean stopped = false;
            while (!stopped && !camera.finished().isDone()) {
                stopped = stop.await(LOOK);
            }
            if (!stopped) {
                reports.finished(camera);
            }
            CameraStatistics statistics = camera.statistics();
            log.info("camera {}: {} frames announced, {} dropped, {} held back, {} could not be decoded", id,
                    statistics.captured(), statistics.dropped(), statistics.heldBack(), statistics.undecodable());
            return camera.finished().isCompletedExceptionally() ? 1 : 0;
        }
    }

    private Camera open(CameraSettings settings, PartitionLayout partitions) {
        FrameSink sink = new RedisSink(partitions, options.id(), options.pixels(), redis.pixels());
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
