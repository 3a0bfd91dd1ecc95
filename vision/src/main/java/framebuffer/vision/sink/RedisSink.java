package framebuffer.vision.sink;

import framebuffer.streams.frames.FramePublisher;
import framebuffer.streams.partition.Partition;
import framebuffer.streams.partition.Partitions;
import framebuffer.wire.EntryId;
import framebuffer.wire.FieldNames;
import framebuffer.wire.Fields;
import java.time.Duration;

/** Frames of one camera on the capture stream of its partition, their pixels beside it in Redis. */
public final class RedisSink implements FrameSink {
    private final Partition partition;
    private final FramePublisher publisher;

    /**
     * @param pixelsTtl
     *            how long pixels are kept, at least 1 ms
     */
    public RedisSink(Partitions partitions, String cameraId, Duration pixelsTtl) {
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
