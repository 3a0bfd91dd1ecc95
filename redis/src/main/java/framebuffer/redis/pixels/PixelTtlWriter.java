package framebuffer.redis.pixels;

import framebuffer.redis.ClusterNodes;
import framebuffer.redis.LastingFault;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Fields;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Changes the time to live of pixels outside their frames, many in one round trip. Sets none where there is none, and creates no key. After
 * a lost connection it sends the same changes again, which has no other effect. From any thread, but {@link #runOnce} from one at a time.
 */
public final class PixelTtlWriter implements RedisLoop.Work {
    /** Most changes that wait; beyond it, the oldest is dropped. */
    static final int MOST = 20_000;

    private static final int BATCH = 1_000;
    private static final Duration REST = Duration.ofMillis(50);

    private final Keys keys;
    private final @Nullable Integer slot;
    private final byte[] ours;
    private final byte[] internal;
    private final LastingFault refusals = new LastingFault(LoggerFactory.getLogger(PixelTtlWriter.class), "pixels");
    /** Arguments of PEXPIRE. */
    private final BlockingQueue<List<Object>> waiting = new LinkedBlockingQueue<>(MOST);
    /** Changes that were sent, and perhaps not received. */
    private List<List<Object>> current = new ArrayList<>();

    /**
     * @param inCluster whether the pixels are in a Redis Cluster, where one connection reaches only the keys of this partition
     */
    public PixelTtlWriter(Keys keys, boolean inCluster) {
        this.keys = keys;
        this.slot = inCluster ? ClusterNodes.slotOf(keys.capture()) : null;
        this.ours = keys.pixels("").getBytes(StandardCharsets.UTF_8);
        this.internal = (keys.prefix() + "frame-buffer:").getBytes(StandardCharsets.UTF_8);
    }

    /** The number of further changes that can wait. */
    public int room() {
        return waiting.remainingCapacity();
    }

    /** Extends the time to live of a key to this time at least. Keys of the service itself hold no pixels, and are left alone. */
    public void extend(byte[] key, Duration atLeast) {
        if (!startsWith(key, internal) && isReachable(key)) {
            add(List.of(key, Math.max(1, atLeast.toMillis()), "GT"));
        }
    }

    /**
     * The whole frame has ended: shortens the time to live of its pixels to the time that its producer allows, if it does
     * ({@code pixels_keep_ms}). A producer may only name keys that begin with {@code frame:}; other keys are left alone.
     *
     * @param frame its fields, valid or not
     * @return whether a change waits now
     */
    public boolean frameEnded(Fields frame) {
        Duration kept = PixelLocation.keptAfterEnd(frame);
        byte[] key = kept == null ? null : PixelLocation.key(frame, keys);
        if (kept == null || key == null || !startsWith(key, ours) || !isReachable(key)) {
            return false;
        }
        // LT alone would give a time to live to a key that lives for ever.
        add(List.of(key, kept.toMillis(), "XX", "LT"));
        return true;
    }

    private void add(List<Object> change) {
        while (!waiting.offer(change)) {
            // Redis is away or slow: the oldest changes are the least likely to help.
            waiting.poll();
        }
    }

    private static boolean startsWith(byte[] key, byte[] beginning) {
        return key.length >= beginning.length
                && Arrays.equals(key, 0, beginning.length, beginning, 0, beginning.length);
    }

    private boolean isReachable(byte[] key) {
        return slot == null || ClusterNodes.slotOf(key) == slot;
    }

    @Override
    public Duration rest() {
        return waiting.isEmpty() ? REST : Duration.ZERO;
    }

    /** Sends some of the waiting changes, and receives the replies. */
    @Override
    public void runOnce(RedisConnection redis) {
        if (current.isEmpty()) {
            waiting.drainTo(current, BATCH);
        }
        if (current.isEmpty()) {
            return;
        }
        current.forEach(change -> redis.send("PEXPIRE", change));
        String refused = null;
        for (int i = 0; i < current.size(); i++) {
            try {
                redis.receive();
            } catch (RedisRefused e) {
                refused = e.getMessage();
            }
        }
        current = new ArrayList<>();
        if (refused == null) {
            refusals.over("Redis changes their time to live again");
        } else {
            refusals.is("Redis refuses to change their time to live: " + refused);
        }
    }

    @Override
    public void stopping(RedisConnection redis) {
        while (!current.isEmpty() || !waiting.isEmpty()) {
            runOnce(redis);
        }
    }
}
