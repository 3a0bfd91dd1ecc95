package framebuffer.vision.camera;

import java.time.Duration;

/**
 * Which pictures to take from a video.
 *
 * @param fps pictures per second, above 0, at most 120; 5 by default. A slower video gives all its pictures
 * @param jpegQuality 1 to 100; 85 by default
 * @param timeout time without a picture, including the time to open the video, after which it counts as broken off; 10 s by default
 */
public record Pictures(double fps, int jpegQuality, Duration timeout) {
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
    }

    /** The interval between two pictures. */
    Duration interval() {
        return Duration.ofNanos(Math.round(1e9 / fps));
    }

    /** Pictures with the default timeout. */
    public Pictures(double fps, int jpegQuality) {
        this(fps, jpegQuality, DEFAULT.timeout());
    }

    public Pictures withFps(double wanted) {
        return new Pictures(wanted, jpegQuality, timeout);
    }

    public Pictures withTimeout(Duration wanted) {
        return new Pictures(fps, jpegQuality, wanted);
    }
}
