package framebuffer.redis.pixels;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.Frame;
import framebuffer.wire.frame.FrameCodec;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PixelLocationTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final Keys KEYS = new Keys("{p0}");

    private static @Nullable String pixels(String... more) {
        Fields.Writer fields = new Fields.Writer(10).put("frame_id", "f1").put("camera_id", "cam");
        for (int i = 0; i < more.length; i += 2) {
            fields.put(more[i], more[i + 1]);
        }
        byte[] bytes = PixelLocation.of(frame(fields.fields()), KEYS, redis.connection());
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    private static Frame frame(Fields fields) {
        return switch (FrameCodec.decode(EntryId.FIRST, fields)) {
            case Decoded.Valid<Frame> valid -> valid.value();
            case Decoded.Invalid<Frame> invalid -> throw new IllegalStateException(invalid.toString());
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"data", "image_data"})
    void inlinePixelsComeFirst(String field) {
        redis.call("SET", "{p0}frame:f1", "stored");
        assertThat(pixels(field, "inline")).isEqualTo("inline");
        assertThat(pixels(field, "")).as("an empty field counts as missing").isEqualTo("stored");
    }

    @Test
    void thenTheKeyThatTheFrameNames() {
        redis.call("SET", "{p0}frame:f1", "stored");
        redis.call("SET", "named", "by name");
        assertThat(pixels("frame_buffer_key", "named")).isEqualTo("by name");
        assertThat(pixels("frame_buffer_key", "missing")).isNull();
        assertThat(pixels("frame_buffer_key", "")).isEqualTo("stored");
    }

    @Test
    void aKeyNeedNotBeText() {
        byte[] key = {(byte) 0xff, 0, (byte) 0xfe};
        redis.call("SET", key, "bytes");
        Fields fields = new Fields.Writer(6).put("frame_id", "f1").put("camera_id", "cam")
                .put("frame_buffer_key".getBytes(StandardCharsets.UTF_8), key).fields();
        assertThat(PixelLocation.of(frame(fields), KEYS, redis.connection()))
                .isEqualTo("bytes".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void pixelsWhoseTimeIsOverAreGone() {
        assertThat(pixels()).isNull();
    }
}
