package framebuffer.trials.bench.cameras;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.ProgressLine;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.trials.bench.rig.BenchRedis;
import framebuffer.trials.bench.rig.Instance;
import framebuffer.trials.bench.rig.Memory;
import framebuffer.trials.bench.rig.ServerOptions;
import framebuffer.vision.camera.Announcement;
import framebuffer.vision.camera.Camera;
import framebuffer.vision.camera.CameraSettings;
import framebuffer.vision.camera.CameraState;
import framebuffer.vision.camera.Pictures;
import framebuffer.vision.camera.RedisSink;
import framebuffer.vision.camera.RedisSink.PixelRetention;
import framebuffer.vision.source.PictureSize;
import framebuffer.vision.source.VideoAddress;
import framebuffer.wire.Partitioning;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures what many cameras in one process cost. */
@Command(name = "cameras", header = "Measures what many cameras in one process cost.", mixinStandardHelpOptions = true, description = {
        "Measures what many cameras in one process cost: this process plays live video over RTSP and announces frames.",
        "The server of the video runs in a process of its own and does not count."})
@Examples("frame-buffer bench cameras")
public final class CamerasBench implements Callable<Integer> {
    private static final Duration PLAYING_WITHIN = Duration.ofMinutes(2);
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration SETTLE = Duration.ofSeconds(10);
    private static final PixelRetention PIXELS = new PixelRetention(Duration.ofSeconds(5), Duration.ofSeconds(5));

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @ValueRange(least = "1", most = "1000")
    @Option(names = "--cameras", paramLabel = "N", defaultValue = "20", description = "Number of cameras. Default: ${DEFAULT-VALUE}.")
    private int count;

    @ValueRange(least = "0.1", most = "120")
    @Option(names = "--fps-in", paramLabel = "N", defaultValue = "10", description = "Pictures per second of each video. Default: ${DEFAULT-VALUE}.")
    private double fpsIn;

    @ValueRange(least = "0.01", most = "120")
    @Option(names = "--fps", paramLabel = "N", defaultValue = "5", description = "Maximum number of frames per second of each camera. Default: ${DEFAULT-VALUE}.")
    private double fps;

    @ValueRange(least = "1", most = "3600")
    @Option(names = "--seconds", paramLabel = "N", defaultValue = "60", description = "Length of the measurement. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(names = "--size", paramLabel = "WxH", description = "Largest size of a frame. Default: the size of the video.")
    private @Nullable PictureSize size;

    @Option(names = "--clip", paramLabel = "FILE", description = "MP4 file with H.264 to serve. Default: the demo clip, 768x576.")
    private @Nullable Path clip;

    @Option(names = "--json", description = "Prints the figures as JSON, and no progress.")
    private boolean json;

    /** Totals at one moment. */
    private record Totals(long nanos, double cpu, double redisCpu, long frames) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        ProgressLine progress = json ? ProgressLine.silent() : ProgressLine.on(System.err);
        int port = EmbeddedRedis.freePort();
        Process video = Instance.command(clip == null
                ? List.of("bench", "video-server", "--fps-in", text(fpsIn), "--port", text(port))
                : List.of("bench", "video-server", "--fps-in", text(fpsIn), "--port", text(port), "--clip",
                        clip.toString()));
        List<Camera> cameras = new ArrayList<>();
        try (BenchRedis fresh = server.start(); RedisConnection redis = RedisConnection.open(fresh.address())) {
            awaitServer(port);
            try {
                PartitionLayout partitions = PartitionLayout.of(fresh.address(), Partitioning.whole(""));
                for (int i = 1; i <= count; i++) {
                    cameras.add(camera("camera-" + i, port, partitions).start());
                }
                awaitPlaying(cameras, progress);
                Thread.sleep(SETTLE);
                Totals before = totals(cameras, redis);
                Thread.sleep(Duration.ofSeconds(seconds));
                print(before, totals(cameras, redis), cameras);
            } finally {
                cameras.forEach(Camera::close);
            }
        } finally {
            video.destroy();
        }
        return 0;
    }

    private static void awaitServer(int port) throws InterruptedException {
        for (long deadline = System.nanoTime() + PLAYING_WITHIN.toNanos(); System.nanoTime() < deadline;) {
            try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                Thread.sleep(LOOK);
            }
        }
        throw new CannotRun("the server of the video does not start");
    }

    private Camera camera(String id, int port, PartitionLayout partitions) {
        Pictures pictures = Pictures.DEFAULT.withFps(fps).withSize(size);
        CameraSettings settings = new CameraSettings(id, VideoAddress.parse("rtsp://127.0.0.1:" + port + "/" + id),
                pictures, false, new Announcement(0, List.of(), (_, _) -> null));
        return Camera.waiting(settings, new RedisSink(partitions, id, PIXELS, null), InstantSource.system(),
                System::nanoTime);
    }

    private static void awaitPlaying(List<Camera> cameras, ProgressLine progress) throws InterruptedException {
        long deadline = System.nanoTime() + PLAYING_WITHIN.toNanos();
        long playing = 0;
        while (playing < cameras.size()) {
            if (System.nanoTime() > deadline) {
                throw new CannotRun("only " + playing + " of " + cameras.size() + " cameras play: "
                        + cameras.stream().map(camera -> camera.state().reason()).distinct().toList());
            }
            Thread.sleep(LOOK);
            playing = cameras.stream().filter(one -> one.state().phase() == CameraState.Phase.PLAYING).count();
            progress.show(playing + " cameras play");
        }
    }

    private static Totals totals(List<Camera> cameras, RedisConnection redis) {
        double cpu = ProcessHandle.current().info().totalCpuDuration().orElseThrow(
                () -> new CannotRun("this system does not report the CPU time of a process")).toNanos() / 1e9;
        return new Totals(System.nanoTime(), cpu, BenchRedis.cpuSeconds(redis),
                cameras.stream().mapToLong(camera -> camera.statistics().captured()).sum());
    }

    private void print(Totals before, Totals after, List<Camera> cameras) {
        PrintWriter out = spec.commandLine().getOut();
        double took = (after.nanos() - before.nanos()) / 1e9;
        long pid = ProcessHandle.current().pid();
        CameraState one = cameras.getFirst().state();
        double pictures = cameras.stream().mapToDouble(camera -> camera.state().picturesPerSecond()).sum();
        double frames = (after.frames() - before.frames()) / took;
        double cores = (after.cpu() - before.cpu()) / took;
        ObjectNode figures = JsonNodeFactory.instance.objectNode().put("cameras", count)
                .put("video", one.width() + "x" + one.height() + " " + one.decoder())
                .put("pictures_per_second", round(pictures)).put("frames_per_second", round(frames))
                .put("cores", round(cores)).put("redis_cores", round((after.redisCpu() - before.redisCpu()) / took))
                .put("cpu_ms_per_frame", round(cores * 1000 / frames))
                .put("resident_megabytes", Memory.resident(pid).orElse(-1))
                .put("peak_megabytes", Memory.peak(pid).orElse(-1))
                .put("threads", Thread.getAllStackTraces().size())
                .put("dropped", cameras.stream().mapToLong(camera -> camera.statistics().dropped()).sum());
        if (json) {
            out.println(figures);
        } else {
            out.println();
            figures.properties().forEach(
                    figure -> out.printf(Locale.ROOT, "%-20s %s%n", figure.getKey(), figure.getValue().asText()));
        }
        out.flush();
    }

    private static double round(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    private static String text(Number value) {
        return String.valueOf(value);
    }
}
