package framebuffer.vision.camera;

import java.time.Duration;

/**
 * What pictures to take of a video.
 *
 * @param fps
 *            how many a second, above 0, at most 120; 5 by default. A video that has fewer gives all it has
 * @param jpegQuality
 *            1 to 100; 85 by default
 * @param timeout
 *            for how long none may come, opening the video included, before it counts as broken off; 10 s by default
 */
public record Pictures(double fps, int jpegQuality, Duration timeout) {
    public static final Pictures DEFAULT = new Pictures(5, 85, Duration.ofSeconds(10));

    /**
     * @throws IllegalArgumentException
     *             when one is out of bounds
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

    /** The time from one to the next. */
    Duration interval() {
        return Duration.ofNanos(Math.round(1e9 / fps));
    }

    /** They are waited for as long as is usual. */
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
