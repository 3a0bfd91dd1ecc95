package framebuffer.redis.results;

import static framebuffer.redis.testing.CaptureStream.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.testing.TestRedis;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NotificationStoreTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");

    @Test
    void eachRuleHasItsOwnTimes() {
        NotificationStore.sent(redis.connection(), KEYS, "a", NOON);
        NotificationStore.matched(redis.connection(), KEYS, "a", NOON.plusSeconds(1));
        assertThat(NotificationStore.lastSent(redis.connection(), KEYS, "a")).contains(NOON);
        assertThat(NotificationStore.lastMatched(redis.connection(), KEYS, "a")).contains(NOON.plusSeconds(1));
        assertThat(NotificationStore.lastSent(redis.connection(), KEYS, "b")).isEmpty();
    }

    @Test
    void anOddTimeIsNone() {
        redis.call("HSET", KEYS.notifications(), "sent:a", "soon");
        assertThat(NotificationStore.lastSent(redis.connection(), KEYS, "a")).isEmpty();
    }
}
