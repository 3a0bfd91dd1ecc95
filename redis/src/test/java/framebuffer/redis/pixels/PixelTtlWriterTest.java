package framebuffer.redis.pixels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.redis.testing.TestRedis;
import framebuffer.testkit.FaultProxy;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Fields;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changing the time to live of pixels changes nothing else. */
class PixelTtlWriterTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();

    private final PixelTtlWriter writer = new PixelTtlWriter(Keys.DEFAULT, false);

    private void extend(String key) {
        writer.extend(key.getBytes(StandardCharsets.UTF_8), Duration.ofMinutes(1));
    }

    private void store(String key, Object... ttl) {
        Object[] command = new Object[2 + ttl.length];
        command[0] = key;
        command[1] = "x";
        System.arraycopy(ttl, 0, command, 2, ttl.length);
        redis.call("SET", command);
    }

    private static long left(String key) {
        return Replies.number(redis.call("PTTL", key));
    }

    @Test
    void itIsExtendedAndNotShortened() {
        store("frame:short", "PX", 10_000);
        store("frame:long", "PX", 600_000);
        store("frame:kept");
        List.of("frame:short", "frame:long", "frame:kept", "frame:gone").forEach(this::extend);
        writer.runOnce(redis.connection());
        assertThat(left("frame:short")).isBetween(50_000L, 60_000L);
        assertThat(left("frame:long")).isGreaterThan(500_000);
        assertThat(left("frame:kept")).isEqualTo(-1);
        assertThat(left("frame:gone")).isEqualTo(-2);
    }

    @Test
    void keysOfTheServiceAreLeftAlone() {
        store("frame-buffer:instance:i1", "PX", 10_000);
        extend("frame-buffer:instance:i1");
        writer.runOnce(redis.connection());
        assertThat(left("frame-buffer:instance:i1")).isLessThan(10_001);
    }

    @Test
    void afterTheEndItIsShortenedAndNotExtended() {
        store("frame:long", "PX", 60_000);
        store("frame:short", "PX", 1_000);
        store("frame:named", "PX", 60_000);
        for (String id : List.of("long", "short", "gone")) {
            assertThat(writer.frameEnded(Fields.ofText("frame_id", id, "pixels_keep_ms", "5000"))).isTrue();
        }
        writer.frameEnded(Fields.ofText("frame_id", "f", "frame_buffer_key", "frame:named", "pixels_keep_ms", "0"));
        writer.runOnce(redis.connection());
        assertThat(left("frame:long")).isBetween(1L, 5_000L);
        assertThat(left("frame:short")).isLessThan(1_001);
        assertThat(left("frame:named")).isEqualTo(-2);
        assertThat(left("frame:gone")).isEqualTo(-2);
    }

    @Test
    void noProducerShortensWhatLivesForEverOrIsNotAFramesKey() {
        store("frame:kept");
        store("lease", "PX", 60_000);
        writer.frameEnded(Fields.ofText("frame_id", "kept", "pixels_keep_ms", "0"));
        assertThat(writer.frameEnded(
                Fields.ofText("frame_id", "f", "frame_buffer_key", "lease", "pixels_keep_ms", "0"))).isFalse();
        writer.runOnce(redis.connection());
        assertThat(left("frame:kept")).isEqualTo(-1);
        assertThat(left("lease")).isGreaterThan(50_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "soon", "5.0", "1234567890123"})
    void aTimeInTheWrongFormCountsAsNone(String kept) {
        assertThat(writer.frameEnded(Fields.ofText("frame_id", "f", "pixels_keep_ms", kept))).isFalse();
        assertThat(writer.frameEnded(Fields.ofText("frame_id", "f"))).isFalse();
    }

    @Test
    void inAClusterOnlyKeysOfThePartitionAreReached() {
        PixelTtlWriter inCluster = new PixelTtlWriter(new Keys("{p1}"), true);
        store("{p1}frame:f", "PX", 10_000);
        store("elsewhere", "PX", 10_000);
        inCluster.extend("{p1}frame:f".getBytes(StandardCharsets.UTF_8), Duration.ofMinutes(1));
        inCluster.extend("elsewhere".getBytes(StandardCharsets.UTF_8), Duration.ofMinutes(1));
        inCluster.runOnce(redis.connection());
        assertThat(left("{p1}frame:f")).isGreaterThan(50_000);
        assertThat(left("elsewhere")).isLessThan(10_001);
    }

    @Test
    void whatALostConnectionSwallowedIsSentAgain() throws Exception {
        store("frame:f", "PX", 10_000);
        extend("frame:f");
        try (FaultProxy network = new FaultProxy(redis.address().port());
                RedisConnection cut = RedisConnection.open(RedisAddress.local(network.port()))) {
            network.down();
            assertThatThrownBy(() -> writer.runOnce(cut)).isInstanceOf(RedisUnavailable.class);
        }
        writer.runOnce(redis.connection());
        assertThat(left("frame:f")).isGreaterThan(50_000);
    }

    @Test
    void changesThatWaitAreBounded() {
        store("frame:first", "PX", 10_000);
        extend("frame:first");
        for (int i = 0; i < PixelTtlWriter.MOST; i++) {
            extend("frame:f" + i);
        }
        assertThat(writer.room()).isZero();
        writer.stopping(redis.connection());
        assertThat(writer.room()).isEqualTo(PixelTtlWriter.MOST);
        assertThat(left("frame:first")).as("the oldest was dropped").isLessThan(10_001);
    }
}
