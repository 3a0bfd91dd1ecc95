package framebuffer.vision.camera;

import framebuffer.vision.decode.HardwareDecoding;
import framebuffer.vision.source.PictureSize;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which pictures to take from a video.
 *
 * @param fps pictures per second, above 0, at most 120; 5 by default. A slower video gives all its pictures
 * @param jpegQuality 1 to 100; 85 by default
 * @param timeout time without a picture, including the time to open the video, after which it counts as broken off; 10 s by default
 * @param rotate degrees by which pictures are turned clockwise, after the rotation that the video declares: 0 (default), 90, 180 or 270
 * @param size the largest size of a frame, into which larger pictures are scaled down; null (default): any size
 * @param hardware whether hardware decodes the video; by default if there is any
 */
public record Pictures(double fps, int jpegQuality, Duration timeout, int rotate, @Nullable PictureSize size,
        HardwareDecoding hardware) {
    public static final Pictures DEFAULT = new Pictures(5, 85, Duration.ofSeconds(10));

    /**
     * @throws IllegalArgumentException when a value is out of bounds
     */
    public Pictures {
        if (!(fps > 0 && fps <= 120)) {
            throw new IllegalArgumentException("frames per second must be above 0 and at most 120, not " + fps);
        }
        if (jpegQuality < 1 || jpegQuality > 100) {
            throw new IllegalArgumentException("JPEG quality must be 1 to 100, not " + jpegQuality);
        }
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("a camera is waited for longer than " + timeout);
        }
        if (rotate < 0 || rotate > 270 || rotate % 90 != 0) {
            throw new IllegalArgumentException("pictures are turned by 0, 90, 180 or 270 degrees, not by " + rotate);
        }
    }

    /** The interval between two pictures. */
    Duration interval() {
        return Duration.ofNanos(Math.round(1e9 / fps));
    }

    /** Pictures with the default timeout. */
    public Pictures(double fps, int jpegQuality) {
        this(fps, jpegQuality, DEFAULT.timeout());
    }

    /** Pictures of any size, turned as their video declares. */
    public Pictures(double fps, int jpegQuality, Duration timeout) {
        this(fps, jpegQuality, timeout, 0, null, HardwareDecoding.AUTO);
    }

    public Pictures withFps(double wanted) {
        return new Pictures(wanted, jpegQuality, timeout, rotate, size, hardware);
    }

    public Pictures withTimeout(Duration wanted) {
        return new Pictures(fps, jpegQuality, wanted, rotate, size, hardware);
    }

    public Pictures withRotate(int degrees) {
        return new Pictures(fps, jpegQuality, timeout, degrees, size, hardware);
    }

    public Pictures withSize(@Nullable PictureSize largest) {
        return new Pictures(fps, jpegQuality, timeout, rotate, largest, hardware);
    }

    public Pictures withHardware(HardwareDecoding wanted) {
        return new Pictures(fps, jpegQuality, timeout, rotate, size, wanted);
    }
}
