package framebuffer.redis.frames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.redis.testing.TestRedis;
import framebuffer.testkit.FaultProxy;
import framebuffer.testkit.FaultProxy.Direction;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Fields;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class FramePublisherTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final Keys KEYS = Keys.DEFAULT;
    private static final Fields FIELDS = Fields.ofText("frame_id", "f1", "camera_id", "cam");
    private static final byte[] PIXELS = {1, 2, 3, 0, -1};

    private static FramePublisher publisher(RedisAddress address) {
        return new FramePublisher(address, null, KEYS, Duration.ofMinutes(5));
    }

    @Test
    void aFrameIsAnnouncedAndItsPixelsAreKeptForAWhile() {
        try (FramePublisher publisher = publisher(redis.address())) {
            EntryId id = publisher.publish("f1", FIELDS, PIXELS);
            assertThat(redis.entries(KEYS.capture())).containsExactly(new StreamEntry(id, FIELDS));
            assertThat((byte[]) redis.call("GET", "frame:f1")).isEqualTo(PIXELS);
            assertThat(Replies.number(redis.call("PTTL", "frame:f1"))).isBetween(290_000L, 300_000L);
            assertThat(publisher.publish("f1", FIELDS, PIXELS)).isGreaterThan(id);
        }
    }

    @Test
    void whatRedisRefusesIsNotAnnouncedAndTheNextIs() {
        try (FramePublisher publisher = publisher(redis.address())) {
            redis.call("SET", KEYS.capture(), "in the way");
            assertThatThrownBy(() -> publisher.publish("f1", FIELDS, PIXELS)).isInstanceOf(RedisRefused.class);
            redis.call("DEL", KEYS.capture());
            redis.call("CONFIG", "SET", "maxmemory", 1);
            assertThatThrownBy(() -> publisher.publish("f2", FIELDS, PIXELS)).isInstanceOf(RedisRefused.class)
                    .hasMessageStartingWith("OOM");
            assertThat(redis.call("EXISTS", "frame:f2")).isEqualTo(0L);
            redis.call("CONFIG", "SET", "maxmemory", 0);
            publisher.publish("f3", FIELDS, PIXELS);
            assertThat(redis.length(KEYS.capture())).isEqualTo(1);
        }
    }

    @Test
    void pixelsMayBeInARedisOfTheirOwn(@TempDir Path folder) {
        try (EmbeddedRedis other = EmbeddedRedis.start(folder);
                RedisConnection pixels = RedisConnection.open(other.address());
                FramePublisher publisher = new FramePublisher(redis.address(), other.address(), KEYS,
                        Duration.ofMinutes(5))) {
            publisher.publish("f1", FIELDS, PIXELS);
            assertThat((byte[]) pixels.call("GET", "frame:f1")).isEqualTo(PIXELS);
            assertThat(Replies.number(pixels.call("PTTL", "frame:f1"))).isBetween(290_000L, 300_000L);
            assertThat(redis.call("EXISTS", "frame:f1")).isEqualTo(0L);
            assertThat(redis.length(KEYS.capture())).isEqualTo(1);
        }
    }

    @Test
    void whileTheirRedisIsAwayNoFrameIsAnnounced() {
        try (FramePublisher publisher = new FramePublisher(redis.address(), RedisAddress.local(1), KEYS,
                Duration.ofMinutes(5))) {
            assertThatThrownBy(() -> publisher.publish("f1", FIELDS, PIXELS)).isInstanceOf(RedisUnavailable.class);
            assertThat(redis.length(KEYS.capture())).isZero();
        }
    }

    @Test
    void afterALostConnectionItConnectsAgain() {
        try (FramePublisher publisher = publisher(redis.address())) {
            publisher.publish("f1", FIELDS, PIXELS);
            redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
            assertThatThrownBy(() -> publisher.publish("f2", FIELDS, PIXELS)).isInstanceOf(RedisUnavailable.class);
            publisher.publish("f3", FIELDS, PIXELS);
            assertThat(redis.length(KEYS.capture())).isEqualTo(2);
        }
    }

    @Test
    void cutAnywhereItIsAnnouncedWithItsPixelsOrNotAtAll() {
        for (long bytes = 0, more = 1; more > 0; bytes++) {
            redis.call("FLUSHALL");
            try (FaultProxy proxy = new FaultProxy(redis.address().port())) {
                more = cut(proxy, bytes) ? 1 : 0;
                proxy.awaitEnd();
            }
            assertThat(redis.length(KEYS.capture())).as("cut after %d bytes", bytes)
                    .isEqualTo(redis.call("EXISTS", "frame:f1"));
        }
    }

    private static boolean cut(FaultProxy proxy, long bytes) {
        try (FramePublisher publisher = publisher(RedisAddress.local(proxy.port()))) {
            proxy.cutAfter(Direction.TO_SERVER, bytes);
            publisher.publish("f1", FIELDS, PIXELS);
            return false;
        } catch (RedisUnavailable e) {
            return true;
        }
    }

    @Test
    void closedBeforeItWasUsedItNeverConnects() {
        publisher(RedisAddress.local(1)).close();
    }

    @Test
    void pixelsAreKeptForAtLeastAMillisecond() {
        assertThatThrownBy(() -> new FramePublisher(redis.address(), null, KEYS, Duration.ofNanos(999_999)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
