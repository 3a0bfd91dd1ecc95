package framebuffer.redis.frames;

import framebuffer.redis.RedisConnection;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.Frame;
import org.jspecify.annotations.Nullable;

/** The location of a frame's pixels. */
public final class PixelLocation {
    private PixelLocation() {
    }

    /**
     * Reads the pixels: inline ({@code data}, {@code image_data}), else under the key that the frame names ({@code frame_buffer_key}), else
     * under {@code frame:{frame_id}}; null if they are in none of these places.
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

    /** The inline pixels; null: none. */
    public static byte @Nullable [] inline(Frame frame) {
        byte[] data = present(frame.fields().get("data"));
        return data == null ? present(frame.fields().get("image_data")) : data;
    }

    /** An empty field counts as missing. */
    private static byte @Nullable [] present(byte @Nullable [] value) {
        return value == null || value.length == 0 ? null : value;
    }
}
