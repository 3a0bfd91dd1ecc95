package framebuffer.redis.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.testing.TestRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MemoryUsageTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();

    @AfterEach
    void asItWas() {
        redis.call("CONFIG", "SET", "maxmemory", 0);
        redis.call("CONFIG", "SET", "maxmemory-policy", "noeviction");
    }

    private static MemoryUsage read() {
        return MemoryUsage.read(redis.connection());
    }

    @Test
    void withoutALimitItIsNeverFull() {
        assertThat(read().full()).isEmpty();
        assertThat(read().evicts()).isEmpty();
        assertThat(read().share()).isZero();
    }

    @Test
    void itIsFullWhenNearlyAllIsUsed() {
        redis.call("CONFIG", "SET", "maxmemory", 2 * read().used());
        assertThat(read().full()).isEmpty();
        redis.call("CONFIG", "SET", "maxmemory", read().used());
        assertThat(read().full()).hasValueSatisfying(why -> assertThat(why).contains("% of its maxmemory"));
    }

    @Test
    void aPolicyThatRemovesKeysIsSaidWithWhatItHasRemoved() {
        redis.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
        assertThat(read().evicts()).hasValueSatisfying(
                why -> assertThat(why).contains("allkeys-lru", "must be noeviction").doesNotContain("has evicted"));
        redis.call("SET", "frame:1", "pixels");
        redis.call("CONFIG", "SET", "maxmemory", 1);
        redis.call("CONFIG", "SET", "maxmemory", 0);
        assertThat(read().evicts()).hasValueSatisfying(why -> assertThat(why).contains("evicted since it started: 1"));
    }
}
