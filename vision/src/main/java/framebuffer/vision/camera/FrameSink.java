package framebuffer.vision.camera;

import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.wire.EntryId;
import framebuffer.wire.text.Fields;

/** Where a camera's frames go. For one camera: it is called, and closed, on that camera's thread. */
public interface FrameSink extends AutoCloseable {

    /**
     * Announces a frame and keeps its pixels.
     *
     * @return its id in the capture stream
     * @throws RedisUnavailable
     *             whether it was announced is not known
     * @throws RedisRefused
     *             it was not announced
     */
    EntryId publish(String frameId, Fields fields, byte[] jpeg);

    @Override
    default void close() {
    }
}
