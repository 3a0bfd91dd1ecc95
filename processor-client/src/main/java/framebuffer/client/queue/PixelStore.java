package framebuffer.client.queue;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.frames.PixelLocation;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.Frame;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Fetches pixels, for any thread: over as many connections as threads ask at once, kept for the next. */
public final class PixelStore implements AutoCloseable {
    private final RedisAddress address;
    private final Keys keys;
    private final ConcurrentLinkedQueue<RedisConnection> idle = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    public PixelStore(RedisAddress address, Keys keys) {
        this.address = address;
        this.keys = keys;
    }

    /**
     * The frame's pixels; null when they are nowhere (any more).
     *
     * @throws RedisUnavailable
     *             when Redis is away; the frame is not to blame
     */
    public byte @Nullable [] of(Frame frame) {
        byte[] inline = PixelLocation.inline(frame);
        return inline == null ? fetch(frame) : inline;
    }

    private byte @Nullable [] fetch(Frame frame) {
        RedisConnection kept = idle.poll();
        if (kept != null) {
            try {
                return fetch(frame, kept);
            } catch (RedisUnavailable e) {
                // It may have been cut while it lay idle: a new one tells whether Redis is away.
                kept.close();
            }
        }
        return fetch(frame, RedisConnection.open(address));
    }

    private byte @Nullable [] fetch(Frame frame, RedisConnection redis) {
        try {
            return PixelLocation.of(frame, keys, redis);
        } catch (RedisRefused e) {
            if (e.code().equals("WRONGTYPE")) {
                // The key it names holds something, but no pixels.
                return null;
            }
            throw e;
        } finally {
            keep(redis);
        }
    }

    private void keep(RedisConnection redis) {
        if (!redis.isBroken()) {
            idle.add(redis);
        }
        if (closed) {
            close();
        }
    }

    /** Ends the connections that lie idle, and each of the others after its use. */
    @Override
    public void close() {
        closed = true;
        for (RedisConnection redis = idle.poll(); redis != null; redis = idle.poll()) {
            redis.close();
        }
    }
}
