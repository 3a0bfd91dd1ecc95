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

/** Reads pixels. Thread-safe: uses one connection per concurrent caller, and reuses idle ones. */
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
     * The frame's pixels; null: none, or expired.
     *
     * @throws RedisUnavailable when Redis does not answer; not a fault of the frame
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
                // The connection may have broken while idle: try a new one.
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
                // The key has a value of another type.
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

    /** Closes idle connections now, and the others after their use. */
    @Override
    public void close() {
        closed = true;
        for (RedisConnection redis = idle.poll(); redis != null; redis = idle.poll()) {
            redis.close();
        }
    }
}
