package framebuffer.vision.sink;

import framebuffer.streams.RedisAddress;
import framebuffer.streams.frames.FramePublisher;
import framebuffer.wire.EntryId;
import framebuffer.wire.FieldNames;
import framebuffer.wire.Fields;
import framebuffer.wire.Keys;
import java.time.Duration;

/** Frames on the capture stream, their pixels beside it in Redis. */
public final class RedisSink implements FrameSink {
    private final Keys keys;
    private final FramePublisher publisher;

    /**
     * @param pixelsTtl
     *            how long pixels are kept, at least 1 ms
     */
    public RedisSink(RedisAddress redis, Keys keys, Duration pixelsTtl) {
        this.keys = keys;
        this.publisher = new FramePublisher(redis, keys, pixelsTtl);
    }

    @Override
    public EntryId publish(String frameId, Fields fields, byte[] jpeg) {
        return publisher.publish(frameId, fields.without(FieldNames.of()).put("storage_backend", "redis")
                .put("frame_buffer_key", keys.pixels(frameId)).fields(), jpeg);
    }

    @Override
    public void close() {
        publisher.close();
    }
}
