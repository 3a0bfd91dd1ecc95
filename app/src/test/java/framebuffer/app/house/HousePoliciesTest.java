package framebuffer.app.house;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.wire.Keys;
import framebuffer.wire.control.CameraPolicy;
import framebuffer.wire.control.CameraPolicy.Keep;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HousePoliciesTest {
    private static final CameraPolicy LATEST = new CameraPolicy(Keep.LATEST, null);

    @TempDir
    private Path folder;

    private final HousePolicies policies = new HousePolicies(Keys.DEFAULT, 10);
    private EmbeddedRedis server;
    private RedisConnection redis;

    @BeforeEach
    void start() {
        server = EmbeddedRedis.start(folder);
        redis = RedisConnection.open(server.address());
    }

    @AfterEach
    void stop() {
        redis.close();
        server.close();
    }

    private boolean has(String camera) {
        return Replies.number(redis.call("HEXISTS", Keys.DEFAULT.cameraPolicies(), camera)) == 1;
    }

    @Test
    void aPolicyLeavesWithItsEntryAndThoseOfOthersStay() {
        redis.call("HSET", Keys.DEFAULT.cameraPolicies(), "operators-own", "{}");
        policies.want(Map.of("yard", LATEST));
        policies.runOnce(redis);
        assertThat(has("yard")).isTrue();
        policies.want(Map.of());
        policies.runOnce(redis);
        assertThat(has("yard")).isFalse();
        assertThat(has("operators-own")).isTrue();
    }

    @Test
    void aRedisThatLostItsDataGetsThemAgain() {
        policies.want(Map.of("yard", LATEST));
        policies.runOnce(redis);
        redis.call("FLUSHALL");
        policies.runOnce(redis);
        assertThat(has("yard")).isFalse();
        policies.connected(redis);
        policies.runOnce(redis);
        assertThat(has("yard")).isTrue();
    }
}
