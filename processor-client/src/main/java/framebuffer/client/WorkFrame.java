package framebuffer.client;

import framebuffer.redis.RedisUnavailable;
import framebuffer.wire.frame.Frame;
import framebuffer.wire.frame.QueuedFrame;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A frame to be processed. For any thread. */
public final class WorkFrame {
    private final QueuedFrame queued;
    private final Function<Frame, byte @Nullable []> pixels;

    /**
     * @param queued
     *            the frame as it lay in the work queue
     * @param pixels
     *            finds a frame's pixels; null when there are none
     */
    public WorkFrame(QueuedFrame queued, Function<Frame, byte @Nullable []> pixels) {
        this.queued = queued;
        this.pixels = pixels;
    }

    /** What its producer said of it. */
    public Frame frame() {
        return queued.frame();
    }

    /** What it was sent here for; empty when it needs nothing in particular. */
    public String capability() {
        return queued.capability();
    }

    /** 1 at first, one more after each failure that was charged to it. */
    public int attempt() {
        return queued.attempt();
    }

    /**
     * The pixels as the producer wrote them, such as a JPEG file: those the frame carries ({@code data}, {@code image_data}), else
     * those under the key it names ({@code frame_buffer_key}), else those under {@code frame:{frame_id}}. Fetched when called, each
     * time anew, which takes a round trip to Redis unless they are inline.
     *
     * @throws PixelsGone
     *             when they are nowhere, or no more
     * @throws RedisUnavailable
     *             when Redis is away
     */
    public byte[] pixels() {
        byte[] found = pixels.apply(queued.frame());
        if (found == null) {
            throw new PixelsGone("the pixels of frame " + queued.frame().frameId() + " are gone");
        }
        return found;
    }
}
