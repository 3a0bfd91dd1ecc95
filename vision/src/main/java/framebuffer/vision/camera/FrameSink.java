package framebuffer.vision.camera;

import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.wire.EntryId;
import framebuffer.wire.text.Fields;

/** The target of a camera's frames. Used and closed on the camera's thread only. */
public interface FrameSink extends AutoCloseable {

    /**
     * Announces a frame and stores its pixels.
     *
     * @return its id in the capture stream
     * @throws RedisUnavailable the frame may or may not be announced
     * @throws RedisRefused the frame is not announced
     */
    EntryId publish(String frameId, Fields fields, byte[] jpeg);

    @Override
    default void close() {
    }
}
