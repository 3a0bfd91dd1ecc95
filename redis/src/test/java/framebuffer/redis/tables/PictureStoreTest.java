package framebuffer.redis.tables;

import static framebuffer.redis.testing.CaptureStream.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.frame.Finding;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PictureStoreTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final CameraNeed YARD = new CameraNeed("yard", "person_detection");
    private static final Finding TWO = new Finding("yard-1", "people-1", 2, Instant.EPOCH);

    private static RedisConnection through() {
        return redis.connection();
    }

    @Test
    void picturesAreWantedForAsLongAsSomebodyLooks() {
        assertThat(PictureStore.wanted(through(), KEYS)).isFalse();
        PictureStore.want(through(), KEYS);
        assertThat(PictureStore.wanted(through(), KEYS)).isTrue();
        assertThat((Long) redis.call("PTTL", KEYS.picturesWanted())).isBetween(1L, 15_000L);
    }

    @Test
    void whatHangsThereIsListedAndShownAndVanishesByItself() {
        PictureStore.put(through(), KEYS, YARD, TWO, new byte[]{(byte) 0xFF, 1});
        assertThat(PictureStore.list(through(), KEYS)).containsOnlyKeys(YARD);
        assertThat(PictureStore.list(through(), KEYS).get(YARD)).usingRecursiveComparison().ignoringFields("at")
                .isEqualTo(TWO);
        assertThat(PictureStore.picture(through(), KEYS, YARD)).containsExactly(0xFF, 1);
        assertThat((Long) redis.call("PTTL", KEYS.picture(YARD))).isBetween(1L, 60_000L);
        assertThat((Long) redis.call("PTTL", KEYS.pictures())).isBetween(1L, 60_000L);
    }

    @Test
    void whatHasHungTooLongOrMakesNoSenseIsTakenDown() {
        redis.call("HSET", KEYS.pictures(), "old", "{\"objects\": 1, \"at\": \"2026-01-01T00:00:00Z\"}", "odd", "x",
                "timeless", "{\"objects\": 1}");
        assertThat(PictureStore.list(through(), KEYS)).isEmpty();
        assertThat(redis.hash(KEYS.pictures())).isEmpty();
    }
}
