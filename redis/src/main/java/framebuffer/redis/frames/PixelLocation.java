package framebuffer.redis.frames;

import framebuffer.redis.RedisConnection;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.Frame;
import org.jspecify.annotations.Nullable;

/** Where a frame's pixels are. */
public final class PixelLocation {
    private PixelLocation() {
    }

    /**
     * The pixels: inline ({@code data}, {@code image_data}), else under the key that the frame names ({@code frame_buffer_key}),
     * else under {@code frame:{frame_id}}; null when they are in none of these places (any more).
     */
    public static byte @Nullable [] of(Frame frame, Keys keys, RedisConnection redis) {
        byte[] inline = inline(frame);
        if (inline != null) {
            return inline;
        }
        byte[] named = present(frame.fields().get("frame_buffer_key"));
        Object key = named == null ? keys.pixels(frame.frameId()) : named;
        return (byte[]) redis.call("GET", key);
    }

    /** The pixels that the frame carries itself; null when it does not. */
    public static byte @Nullable [] inline(Frame frame) {
        byte[] data = present(frame.fields().get("data"));
        return data == null ? present(frame.fields().get("image_data")) : data;
    }

    /** An empty field is as good as none. */
    private static byte @Nullable [] present(byte @Nullable [] value) {
        return value == null || value.length == 0 ? null : value;
    }
}
