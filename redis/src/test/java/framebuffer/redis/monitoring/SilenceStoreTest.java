package framebuffer.redis.monitoring;

import static framebuffer.redis.testing.CaptureStream.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.Replies;
import framebuffer.redis.monitoring.SilenceStore.StoredSilence;
import framebuffer.redis.testing.TestRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SilenceStoreTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();

    private static boolean put(String name) {
        return SilenceStore.put(redis.connection(), KEYS, name, Duration.ofHours(2), "a\nreason");
    }

    private static List<StoredSilence> read() {
        return SilenceStore.read(redis.connection(), KEYS);
    }

    private static void putRaw(String name, Instant until) {
        redis.call("HSET", KEYS.silences(), name, until.toEpochMilli() + " 1 x");
    }

    private static Instant now() {
        return Replies.time(redis.call("TIME"));
    }

    @Test
    void aSilenceLastsForItsDuration() {
        assertThat(put("CircuitOpen face-1")).isTrue();
        assertThat(read()).singleElement().satisfies(silence -> {
            assertThat(silence.name()).isEqualTo("CircuitOpen face-1");
            assertThat(silence.reason()).isEqualTo("a\nreason");
            assertThat(Duration.between(silence.since(), silence.until())).isEqualTo(Duration.ofHours(2));
        });
        assertThat(SilenceStore.delete(redis.connection(), KEYS, "CircuitOpen face-1")).isTrue();
        assertThat(SilenceStore.delete(redis.connection(), KEYS, "CircuitOpen face-1")).isFalse();
        assertThat(read()).isEmpty();
    }

    @Test
    void thereAreAtMostAHundredOfThemAndThoseThatAreOverDoNotCount() {
        for (int i = 0; i < SilenceStore.MOST; i++) {
            assertThat(put("rule " + i)).isTrue();
        }
        assertThat(put("rule more")).isFalse();
        assertThat(put("rule 1")).isTrue();
        putRaw("rule 1", now().minusMillis(1));
        assertThat(put("rule more")).isTrue();
        assertThat(read()).hasSize(SilenceStore.MOST);
    }

    @Test
    void oneThatIsOverOrTooLongOrForeignDoesNotHold() {
        putRaw("over", now().minusMillis(1));
        putRaw("the clock was set back", now().plus(Duration.ofDays(8)));
        redis.call("HSET", KEYS.silences(), "foreign", "text");
        assertThat(read()).isEmpty();
    }

    @Test
    void oneThatIsOverIsRemovedOnlyToMakeRoomBecauseTheClockMayBeWrong() {
        putRaw("over", now().minus(Duration.ofDays(2)));
        put("rule");
        assertThat(redis.hash(KEYS.silences())).containsKeys("over", "rule");
        for (int i = 0; i < SilenceStore.MOST - 1; i++) {
            assertThat(put("rule " + i)).isTrue();
        }
        assertThat(redis.hash(KEYS.silences())).doesNotContainKey("over").hasSize(SilenceStore.MOST);
    }
}
