package framebuffer.app.camera;

import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Essential;
import framebuffer.app.help.OptionGroup;
import framebuffer.vision.camera.Pictures;
import framebuffer.vision.decode.HardwareDecoding;
import framebuffer.vision.source.PictureSize;
import framebuffer.vision.source.Transport;
import framebuffer.vision.source.VideoAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for how the pictures of a camera come and look. */
@OptionGroup("Pictures")
final class PictureOptions {
    @Essential
    @ValueRange(least = "0.01", most = "120")
    @Option(names = "--fps", paramLabel = "N", defaultValue = "5", description = "Maximum number of frames per second. Default: ${DEFAULT-VALUE}.")
    private double fps;

    @ValueRange(least = "1", most = "100")
    @Option(names = {"--jpeg-quality",
            "--quality"}, paramLabel = "1-100", defaultValue = "85", description = "JPEG quality of the pictures; 100 is the best and largest. Default: ${DEFAULT-VALUE}.")
    private int jpegQuality;

    @Essential
    @Option(names = "--size", paramLabel = "WxH", description = "Largest size of a frame, such as 1280x720; larger pictures are scaled down. Default: the size of the video.")
    private @Nullable PictureSize size;

    @ValueRange(least = "0", most = "270")
    @Option(names = "--rotate", paramLabel = "0|90|180|270", defaultValue = "0", description = "Degrees by which pictures are turned clockwise, after the rotation that the video declares. Default: ${DEFAULT-VALUE}.")
    private int rotate;

    @Essential
    @Option(names = "--transport", paramLabel = "tcp|udp", defaultValue = "tcp", description = "How an RTSP camera sends its pictures; udp: for cameras that know no other way. Default: ${DEFAULT-VALUE}.")
    private Transport transport = Transport.TCP;

    @Option(names = "--hardware-decoding", paramLabel = "auto|none", defaultValue = "auto", description = "auto: decodes video by hardware where there is any (VA-API, NVDEC, VideoToolbox), otherwise in software; none: always in software. Default: ${DEFAULT-VALUE}.")
    private HardwareDecoding hardware = HardwareDecoding.AUTO;

    @ValueRange(least = "100ms", most = "10m")
    @Option(names = "--picture-timeout", paramLabel = "TIME", defaultValue = "10s", description = "Time without a picture, including the time to open the source, after which the camera opens the source again. Default: ${DEFAULT-VALUE}.")
    private Duration timeout = Pictures.DEFAULT.timeout();

    /** The wanted maximum of frames per second. */
    double fps() {
        return fps;
    }

    /** The same address with the wanted transport. */
    VideoAddress over(VideoAddress address) {
        return address.over(transport);
    }

    /**
     * @throws IllegalArgumentException when a value is out of bounds
     */
    Pictures pictures() {
        return new Pictures(fps, jpegQuality, timeout, rotate, size, hardware);
    }
}
