package framebuffer.bridge;

import framebuffer.bridge.notifications.NotificationReceiver.PictureFinder;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.redis.tables.PictureStore;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.frame.StoredResult;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The picture of a result: the pixels of its frame while they are kept, else the newest annotated picture of its camera, if there is one. */
final class ResultPictures implements PictureFinder {
    private static final Logger log = LoggerFactory.getLogger(ResultPictures.class);
    private static final int LARGEST = 1 << 20;

    private final PartitionLayout partitions;
    private final @Nullable RedisAddress pixels;

    /** @param pixels the Redis of the pixels; null: that of the frames */
    ResultPictures(PartitionLayout partitions, @Nullable RedisAddress pixels) {
        this.partitions = partitions;
        this.pixels = pixels;
    }

    @Override
    public Optional<byte[]> find(StoredResult result) {
        Partition partition = partitions.of(result.cameraId());
        try (RedisConnection redis = RedisConnection.open(pixels == null ? partition.redis() : pixels)) {
            String key = partition.keys().pixels(result.frameId());
            if (redis.call("STRLEN", key) instanceof Long length && length > 0 && length <= LARGEST
                    && redis.call("GET", key) instanceof byte[] jpeg && isJpeg(jpeg)) {
                return Optional.of(jpeg);
            }
        } catch (RedisUnavailable | RedisRefused e) {
            // A notification without a picture is better than none.
            log.debug("no pixels of {}: {}", result.frameId(), e.getMessage());
        }
        CameraNeed of = new CameraNeed(result.cameraId(), result.capability());
        Optional<byte[]> annotated = partition
                .ask(redis -> Optional.ofNullable(PictureStore.picture(redis, partition.keys(), of)));
        return annotated.filter(jpeg -> jpeg.length <= LARGEST);
    }

    private static boolean isJpeg(byte[] bytes) {
        return bytes.length > 2 && bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xD8;
    }
}
