package framebuffer.vision.camera;

import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.redis.frames.FramePublisher;
import framebuffer.wire.EntryId;
import framebuffer.wire.text.FieldNames;
import framebuffer.wire.text.Fields;
import java.time.Duration;

/** Writes the frames of one camera to the capture stream of its partition, and their pixels to Redis. */
public final class RedisSink implements FrameSink {
    private final Partition partition;
    private final FramePublisher publisher;

    /**
     * @param pixelsTtl time to live of pixels, at least 1 ms
     */
    public RedisSink(PartitionLayout partitions, String cameraId, Duration pixelsTtl) {
        this.partition = partitions.of(cameraId);
        this.publisher = new FramePublisher(partition.redis(), partition.keys(), pixelsTtl);
    }

    @Override
    public EntryId publish(String frameId, Fields fields, byte[] jpeg) {
        return publisher.publish(frameId, fields.without(FieldNames.of()).put("storage_backend", "redis")
                .put("frame_buffer_key", partition.keys().pixels(frameId)).fields(), jpeg);
    }

    @Override
    public void close() {
        publisher.close();
    }
}
