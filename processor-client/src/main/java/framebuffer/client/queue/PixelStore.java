package framebuffer.client.queue;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.pixels.PixelLocation;
import framebuffer.redis.pixels.PixelTtlWriter;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.Frame;
import framebuffer.wire.text.Fields;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads pixels, and shortens the time to live of those that are no longer needed. Thread-safe: uses one connection per concurrent caller,
 * and reuses idle ones.
 */
public final class PixelStore implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PixelStore.class);
    /** Frames that end within this time share a round trip. */
    private static final Executor TOGETHER = CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS,
            Thread::startVirtualThread);

    private final RedisAddress address;
    private final Keys keys;
    private final PixelTtlWriter times;
    private final ReentrantLock writing = new ReentrantLock();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final ConcurrentLinkedQueue<RedisConnection> idle = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    public PixelStore(RedisAddress address, Keys keys) {
        this.address = address;
        this.keys = keys;
        this.times = new PixelTtlWriter(keys, address.cluster() != null);
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

    /**
     * The whole frame has ended: its pixels are shortened soon to the time that its producer allows, if it does. Returns at once. A
     * failure only lets them live longer.
     *
     * @param frame its fields
     */
    public void frameEnded(Fields frame) {
        if (times.frameEnded(frame) && scheduled.compareAndSet(false, true)) {
            TOGETHER.execute(this::shorten);
        }
    }

    private void shorten() {
        scheduled.set(false);
        if (writing.tryLock()) {
            try {
                RedisConnection kept = idle.poll();
                shorten(kept == null ? RedisConnection.open(address) : kept);
            } catch (RedisUnavailable | RedisRefused e) {
                // Without need for a repetition: they expire by themselves.
                log.debug("pixels live longer than necessary: {}", e.getMessage());
            } finally {
                writing.unlock();
            }
        }
    }

    private void shorten(RedisConnection redis) {
        try {
            times.stopping(redis);
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

    /** Shortens what waits, if a connection is open; closes idle connections now, and the others after their use. */
    @Override
    public void close() {
        if (!closed && !idle.isEmpty()) {
            shorten();
        }
        closed = true;
        for (RedisConnection redis = idle.poll(); redis != null; redis = idle.poll()) {
            redis.close();
        }
    }
}
