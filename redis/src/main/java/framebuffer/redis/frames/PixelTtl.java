package framebuffer.redis.frames;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Fields;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Extends the time to live of pixels outside their frames. */
public final class PixelTtl {
    private PixelTtl() {
    }

    /**
     * A frame whose pixels must stay readable.
     *
     * @param frame its fields, valid or not
     * @param atLeast minimum remaining time to live
     */
    public record TtlRequest(Fields frame, Duration atLeast) {
    }

    /**
     * Extends the times to live in one round trip. Never shortens one, sets none where there is none, and creates no key.
     *
     * @return a refusal of Redis; null: none
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

    /** The key of its pixels; null if the frame names none. */
    private static byte @Nullable [] key(Fields frame, Keys keys) {
        byte[] named = frame.get("frame_buffer_key");
        if (named != null && named.length > 0) {
            return named;
        }
        String id = frame.text("frame_id");
        return id == null || id.isEmpty() ? null : keys.pixels(id).getBytes(StandardCharsets.UTF_8);
    }
}
