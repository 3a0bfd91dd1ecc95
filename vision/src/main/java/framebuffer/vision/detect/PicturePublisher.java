package framebuffer.vision.detect;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.redis.tables.PictureStore;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Publishes annotated pictures for viewers: the newest of each camera and capability, at most one per second, and none without a viewer. A
 * detector never waits for it.
 */
public final class PicturePublisher implements AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(1);
    /** Maximum number of cameras and capabilities; a page with more shows no pictures. */
    private static final int MOST = 256;

    private final PartitionLayout partitions;
    private final List<PartitionPictures> walls;
    private final List<RedisLoop> loops = new ArrayList<>();

    private static final class ShownPicture {
        private final Finding finding;
        private final byte[] jpeg;

        ShownPicture(Finding finding, byte[] jpeg) {
            this.finding = finding;
            this.jpeg = jpeg;
        }
    }

    /** Publishes nothing before {@link #start}. */
    public PicturePublisher(PartitionLayout partitions) {
        this.partitions = partitions;
        this.walls = partitions.all().stream().map(one -> new PartitionPictures(one.keys())).toList();
    }

    /** Starts to publish in all partitions. */
    public PicturePublisher start() {
        partitions.all().forEach(one -> loops.add(new RedisLoop("pictures", one.redis(), in(one.number())).start()));
        return this;
    }

    /** The periodic work for one partition. */
    public RedisLoop.Work in(int partition) {
        return walls.get(partition);
    }

    /**
     * Accepts the findings of this processor. Thread-safe.
     *
     * @param capability for frames that name none
     */
    public BiConsumer<DetectorHandler.AnalyzedPicture, Detections> of(String processorId, String capability) {
        return (seen, found) -> {
            String camera = seen.frame().frame().cameraId();
            String need = seen.frame().capability();
            walls.get(partitions.of(camera).number()).hang(
                    new CameraNeed(camera, need.isEmpty() ? capability : need),
                    () -> new ShownPicture(
                            new Finding(seen.frame().frame().frameId(), processorId, found.objects().size(),
                                    Instant.EPOCH),
                            Annotator.draw(seen.picture(), found)));
        };
    }

    @Override
    public void close() {
        loops.forEach(RedisLoop::stop);
        loops.forEach(RedisLoop::close);
    }

    /** The pictures of one partition. */
    private static final class PartitionPictures implements RedisLoop.Work {
        private final Keys keys;
        private final Map<CameraNeed, ShownPicture> next = new ConcurrentHashMap<>();
        private volatile boolean wanted;

        PartitionPictures(Keys keys) {
            this.keys = keys;
        }

        /** Publishes one picture per second: the first after the previous one. */
        void hang(CameraNeed of, Supplier<ShownPicture> picture) {
            if (wanted && next.size() < MOST && !next.containsKey(of)) {
                next.put(of, picture.get());
            }
        }

        @Override
        public Duration rest() {
            return EVERY;
        }

        @Override
        public void runOnce(RedisConnection redis) {
            wanted = PictureStore.wanted(redis, keys);
            Map.copyOf(next).forEach((of, picture) -> {
                PictureStore.put(redis, keys, of, picture.finding, picture.jpeg);
                next.remove(of);
            });
        }
    }
}
