package framebuffer.redis.frames;

import framebuffer.redis.AclRights;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Announces frames on the capture stream and stores their pixels with a time to live. For one thread at a time; connects on first use, and
 * again after a failure.
 */
public final class FramePublisher implements AutoCloseable {
    private final RedisAddress address;
    private final @Nullable RedisAddress pixelsAddress;
    private final Keys keys;
    private final Duration pixelsTtl;
    private @Nullable RedisConnection redis;
    private @Nullable RedisConnection pixelsRedis;

    /**
     * @param pixelsAddress the Redis for pixels; null: the same
     * @param pixelsTtl time to live of pixels, at least 1 ms
     */
    public FramePublisher(RedisAddress address, @Nullable RedisAddress pixelsAddress, Keys keys, Duration pixelsTtl) {
        if (pixelsTtl.toMillis() < 1) {
            throw new IllegalArgumentException("pixels must be kept for at least 1 ms");
        }
        this.address = address.needing(AclRights.ofProducer(keys, pixelsAddress == null));
        this.pixelsAddress = pixelsAddress;
        this.keys = keys;
        this.pixelsTtl = pixelsTtl;
    }

    /**
     * Stores the pixels and announces the frame, in one step if both are in the same Redis, otherwise the pixels first.
     *
     * @return the frame's id in the capture stream
     * @throws RedisUnavailable the frame may or may not be announced
     * @throws RedisRefused the frame is not announced; its pixels may remain until they expire
     */
    public EntryId publish(String frameId, Fields fields, byte[] pixels) {
        List<Object> store = List.of("SET", keys.pixels(frameId), pixels, "PX", pixelsTtl.toMillis());
        List<Object> announce = new ArrayList<>(List.of("XADD", keys.produced(), "*"));
        announce.addAll(fields.flat());
        redis = connected(redis, address);
        if (pixelsAddress != null) {
            pixelsRedis = connected(pixelsRedis, pixelsAddress);
            call(pixelsRedis, store);
            return EntryId.parse(Replies.text(call(redis, announce)));
        }
        List<@Nullable Object> replies = redis.transaction(List.of(store, announce));
        if (replies == null) {
            throw new IllegalStateException("a transaction that watches nothing cannot be aborted");
        }
        return EntryId.parse(Replies.text(replies.get(1)));
    }

    private static @Nullable Object call(RedisConnection redis, List<Object> command) {
        return redis.call((String) command.getFirst(), command.subList(1, command.size()).toArray());
    }

    private static RedisConnection connected(@Nullable RedisConnection open, RedisAddress address) {
        return open == null || open.isBroken() ? RedisConnection.open(address) : open;
    }

    @Override
    public void close() {
        if (redis != null) {
            redis.close();
        }
        if (pixelsRedis != null) {
            pixelsRedis.close();
        }
    }
}
