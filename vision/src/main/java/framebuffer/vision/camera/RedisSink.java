package framebuffer.vision.camera;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.redis.frames.FramePublisher;
import framebuffer.redis.pixels.PixelLocation;
import framebuffer.wire.EntryId;
import framebuffer.wire.text.FieldNames;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Writes the frames of one camera to the capture stream of its partition, and their pixels to Redis. */
public final class RedisSink implements FrameSink {
    private final Partition partition;
    private final PixelRetention life;
    private final FramePublisher publisher;

    /**
     * How long Redis keeps pixels.
     *
     * @param ttl time to live, at least 1 ms; the service extends it while the frame is in flight
     * @param keep time after the end of the frame
     */
    public record PixelRetention(Duration ttl, Duration keep) {
        public static final PixelRetention DEFAULT = new PixelRetention(Duration.ofSeconds(60), Duration.ofSeconds(5));
    }

    /**
     * @param pixelsRedis the Redis for pixels; null: the Redis of the partition
     */
    public RedisSink(PartitionLayout partitions, String cameraId, PixelRetention life,
            @Nullable RedisAddress pixelsRedis) {
        this.partition = partitions.of(cameraId);
        this.life = life;
        this.publisher = new FramePublisher(partition.redis(), pixelsRedis, partition.keys(), life.ttl());
    }

    @Override
    public EntryId publish(String frameId, Fields fields, byte[] jpeg) {
        return publisher.publish(frameId, fields.without(FieldNames.of()).put("storage_backend", "redis")
                .put("frame_buffer_key", partition.keys().pixels(frameId))
                .put(PixelLocation.KEEP, Long.toString(life.keep().toMillis())).fields(), jpeg);
    }

    @Override
    public void close() {
        publisher.close();
    }
}
