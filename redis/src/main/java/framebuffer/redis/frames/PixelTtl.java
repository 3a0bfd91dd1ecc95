package framebuffer.redis.frames;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Fields;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How long pixels that lie outside their frames can still be read. */
public final class PixelTtl {
    private PixelTtl() {
    }

    /**
     * A frame whose pixels are wanted.
     *
     * @param frame
     *            its fields, readable or not
     * @param atLeast
     *            how long they must be there still
     */
    public record TtlRequest(Fields frame, Duration atLeast) {
    }

    /**
     * Extends their time to live, in one round trip. It is never shortened, what has none keeps none, and nothing is created.
     *
     * @return why Redis refused one of them; null: it refused none
     */
    public static @Nullable String extend(RedisConnection redis, Keys keys, List<TtlRequest> wishes) {
        int sent = 0;
        for (TtlRequest wish : wishes) {
            byte[] key = key(wish.frame(), keys);
            if (key != null) {
                redis.send("PEXPIRE", List.of(key, Math.max(1, wish.atLeast().toMillis()), "GT"));
                sent++;
            }
        }
        String refused = null;
        for (; sent > 0; sent--) {
            try {
                redis.receive();
            } catch (RedisRefused e) {
                refused = e.getMessage();
            }
        }
        return refused;
    }

    /** Where its pixels are; null when it names no place. */
    private static byte @Nullable [] key(Fields frame, Keys keys) {
        byte[] named = frame.get("frame_buffer_key");
        if (named != null && named.length > 0) {
            return named;
        }
        String id = frame.text("frame_id");
        return id == null || id.isEmpty() ? null : keys.pixels(id).getBytes(StandardCharsets.UTF_8);
    }
}
