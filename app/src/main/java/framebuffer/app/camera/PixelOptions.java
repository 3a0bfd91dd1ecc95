package framebuffer.app.camera;

import framebuffer.app.config.ValueRange;
import framebuffer.app.help.OptionGroup;
import framebuffer.vision.camera.RedisSink.PixelRetention;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How long Redis keeps the pixels of frames: options of all commands that run cameras. */
@OptionGroup("Pixels in Redis")
public final class PixelOptions {
    @ValueRange(least = "1s", most = "30d")
    @Option(names = "--pixels-ttl", paramLabel = "TIME", defaultValue = "60s", description = "Time to live of the pixels of a frame in Redis. The service extends it while the frame waits or is processed; it begins 20 to 30 s after the capture. Default: ${DEFAULT-VALUE}.")
    private Duration ttl = PixelRetention.DEFAULT.ttl();

    @ValueRange(least = "0s", most = "30d")
    @Option(names = "--pixels-keep", paramLabel = "TIME", defaultValue = "5s", description = "How long Redis keeps the pixels of a frame after the end of the frame. Default: ${DEFAULT-VALUE}.")
    private Duration keep = PixelRetention.DEFAULT.keep();

    /** Both times. */
    public PixelRetention retention() {
        return new PixelRetention(ttl, keep);
    }
}
