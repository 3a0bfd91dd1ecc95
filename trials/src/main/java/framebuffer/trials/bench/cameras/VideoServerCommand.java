package framebuffer.trials.bench.cameras;

import framebuffer.testkit.StreamServer;
import framebuffer.testkit.StreamServer.ServedVideo;
import framebuffer.vision.camera.DemoClip;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves a clip over RTSP, in a process of its own, so that it does not count among the costs of the cameras. */
@Command(name = "video-server", hidden = true, mixinStandardHelpOptions = true, description = "Serves a clip over RTSP on loopback until standard input ends.")
public final class VideoServerCommand implements Callable<Integer> {
    @Option(names = "--clip", paramLabel = "FILE", description = "MP4 file with H.264. Default: the demo clip.")
    private @Nullable Path clip;

    @Option(names = "--fps-in", paramLabel = "N", required = true, description = "Pictures per second.")
    private double fps;

    @Option(names = "--port", paramLabel = "PORT", required = true, description = "Port.")
    private int port;

    @Override
    public Integer call() throws IOException {
        ServedVideo video = CodedClip.read(clip == null ? DemoClip.path() : clip);
        double recorded = video.pictures().size() * 1e6 / video.lengthMicros();
        try (StreamServer _ = new StreamServer(video, port, fps / recorded, "")) {
            // Only the end matters.
            System.in.transferTo(OutputStream.nullOutputStream());
        }
        return 0;
    }
}
