package framebuffer.vision.sink;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisLoop;
import framebuffer.streams.shared.PictureBoard;
import framebuffer.vision.detect.Annotator;
import framebuffer.vision.detect.Detections;
import framebuffer.vision.detect.DetectorHandler;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * Shows people what detectors see: the newest picture of each camera and capability, at most one a second, and none while nobody looks.
 * A detector never waits for it.
 */
public final class PictureShow implements RedisLoop.Work {
    private static final Duration EVERY = Duration.ofSeconds(1);
    /** Of how many cameras and capabilities, at most: a page with more would show none of them. */
    private static final int MOST = 256;

    private final Keys keys;
    private final Map<CameraNeed, Picture> next = new ConcurrentHashMap<>();
    private volatile boolean wanted;

    private static final class Picture {
        private final Finding finding;
        private final byte[] jpeg;

        Picture(Finding finding, byte[] jpeg) {
            this.finding = finding;
            this.jpeg = jpeg;
        }
    }

    public PictureShow(Keys keys) {
        this.keys = keys;
    }

    /** Takes what this processor finds. From any thread. */
    public BiConsumer<DetectorHandler.Seen, Detections> of(String processorId, String capability) {
        return (seen, found) -> {
            CameraNeed of = new CameraNeed(seen.frame().frame().cameraId(), capability);
            // One a second is shown: the first since the last was.
            if (wanted && next.size() < MOST && !next.containsKey(of)) {
                next.put(of, new Picture(
                        new Finding(seen.frame().frame().frameId(), processorId, found.objects().size(), Instant.EPOCH),
                        Annotator.draw(seen.picture(), found)));
            }
        };
    }

    @Override
    public Duration rest() {
        return EVERY;
    }

    @Override
    public void turn(RedisConnection redis) {
        wanted = PictureBoard.wanted(redis, keys);
        Map.copyOf(next).forEach((of, picture) -> {
            PictureBoard.put(redis, keys, of, picture.finding, picture.jpeg);
            next.remove(of);
        });
    }
}
