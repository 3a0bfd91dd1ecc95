package framebuffer.client;

import framebuffer.redis.RedisUnavailable;
import framebuffer.wire.frame.Frame;
import framebuffer.wire.frame.QueuedFrame;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A frame to process. Thread-safe. */
public final class WorkFrame {
    private final QueuedFrame queued;
    private final Function<Frame, byte @Nullable []> pixels;

    /**
     * @param queued the frame from the work queue
     * @param pixels reads a frame's pixels; returns null if there are none
     */
    public WorkFrame(QueuedFrame queued, Function<Frame, byte @Nullable []> pixels) {
        this.queued = queued;
        this.pixels = pixels;
    }

    /** The frame of the producer. */
    public Frame frame() {
        return queued.frame();
    }

    /** The capability of this hand-off; empty: none needed. */
    public String capability() {
        return queued.capability();
    }

    /** 1 at first, one more after each charged failure. */
    public int attempt() {
        return queued.attempt();
    }

    /**
     * Reads the pixels as the producer wrote them, such as a JPEG file: inline ({@code data}, {@code image_data}), else under the key that
     * the frame names ({@code frame_buffer_key}), else under {@code frame:{frame_id}}. Each call takes a round trip to Redis unless the
     * pixels are inline.
     *
     * @throws PixelsGone when the pixels do not exist or have expired
     * @throws RedisUnavailable when Redis does not answer
     */
    public byte[] pixels() {
        byte[] found = pixels.apply(queued.frame());
        if (found == null) {
            throw new PixelsGone("the pixels of frame " + queued.frame().frameId() + " are gone");
        }
        return found;
    }
}
