package framebuffer.redis.frames;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.Replies;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Extending the time to live of pixels changes nothing else. */
class PixelTtlTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();

    private static void extend(Fields frame) {
        assertThat(PixelTtl.extend(redis.connection(), Keys.DEFAULT,
                List.of(new PixelTtl.TtlRequest(Fields.ofText("camera_id", "names no place"), Duration.ofHours(1)),
                        new PixelTtl.TtlRequest(frame, Duration.ofMinutes(1)))))
                .isNull();
    }

    private static long left(String key) {
        return Replies.number(redis.call("PTTL", key));
    }

    @Test
    void itIsExtendedAndNeverShortened() {
        redis.call("SET", "frame:short", "x", "PX", 10_000);
        redis.call("SET", "frame:long", "x", "PX", 600_000);
        redis.call("SET", "frame:kept", "x");
        List.of("short", "long", "kept", "gone").forEach(id -> extend(Fields.ofText("frame_id", id)));
        assertThat(left("frame:short")).isBetween(50_000L, 60_000L);
        assertThat(left("frame:long")).isGreaterThan(500_000);
        assertThat(left("frame:kept")).isEqualTo(-1);
        assertThat(left("frame:gone")).isEqualTo(-2);
    }

    @Test
    void thePlaceThatTheFrameNamesIsMeant() {
        redis.call("SET", "elsewhere", "x", "PX", 10_000);
        redis.call("SET", "frame:f", "x", "PX", 10_000);
        extend(Fields.ofText("frame_id", "f", "frame_buffer_key", "elsewhere"));
        assertThat(left("elsewhere")).isGreaterThan(50_000);
        assertThat(left("frame:f")).isLessThan(10_001);
    }
}
