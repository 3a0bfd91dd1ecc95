package framebuffer.redis.pixels;

import framebuffer.redis.RedisConnection;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.Frame;
import framebuffer.wire.text.Fields;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The location of a frame's pixels, and how long they are kept. */
public final class PixelLocation {
    /** Field: how long the pixels are kept after the frame has ended, in milliseconds. */
    public static final String KEEP = "pixels_keep_ms";

    private static final int MOST_DIGITS = 12;

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

    /** The key of the pixels outside the frame, whose fields may be invalid; null: it names none. */
    public static byte @Nullable [] key(Fields frame, Keys keys) {
        byte[] named = present(frame.get("frame_buffer_key"));
        if (named != null) {
            return named;
        }
        String id = frame.text("frame_id");
        return id == null || id.isEmpty() ? null : keys.pixels(id).getBytes(StandardCharsets.UTF_8);
    }

    /** How long the producer allows to keep the pixels after the frame has ended; null: as long as they live. */
    public static @Nullable Duration keptAfterEnd(Fields frame) {
        String millis = frame.text(KEEP);
        return millis != null && !millis.isEmpty() && millis.length() <= MOST_DIGITS
                && millis.chars().allMatch(c -> c >= '0' && c <= '9')
                        ? Duration.ofMillis(Long.parseLong(millis))
                        : null;
    }

    /** The inline pixels; null: none. */
    public static byte @Nullable [] inline(Frame frame) {
        return inline(frame.fields());
    }

    /** The inline pixels of a frame whose fields may be invalid; null: none. */
    public static byte @Nullable [] inline(Fields frame) {
        byte[] data = present(frame.get("data"));
        return data == null ? present(frame.get("image_data")) : data;
    }

    /** An empty field counts as missing. */
    private static byte @Nullable [] present(byte @Nullable [] value) {
        return value == null || value.length == 0 ? null : value;
    }
}
