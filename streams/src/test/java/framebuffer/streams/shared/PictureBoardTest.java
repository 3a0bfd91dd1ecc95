package framebuffer.streams.shared;

import static framebuffer.streams.testing.CaptureStream.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.testing.TestRedis;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.frame.Finding;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PictureBoardTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final CameraNeed YARD = new CameraNeed("yard", "person_detection");
    private static final Finding TWO = new Finding("yard-1", "people-1", 2, Instant.EPOCH);

    private static RedisConnection through() {
        return redis.connection();
    }

    @Test
    void picturesAreWantedForAsLongAsSomebodyLooks() {
        assertThat(PictureBoard.wanted(through(), KEYS)).isFalse();
        PictureBoard.want(through(), KEYS);
        assertThat(PictureBoard.wanted(through(), KEYS)).isTrue();
        assertThat((Long) redis.call("PTTL", KEYS.picturesWanted())).isBetween(1L, 15_000L);
    }

    @Test
    void whatHangsThereIsListedAndShownAndVanishesByItself() {
        PictureBoard.put(through(), KEYS, YARD, TWO, new byte[]{(byte) 0xFF, 1});
        assertThat(PictureBoard.list(through(), KEYS)).containsOnlyKeys(YARD);
        assertThat(PictureBoard.list(through(), KEYS).get(YARD)).usingRecursiveComparison().ignoringFields("at")
                .isEqualTo(TWO);
        assertThat(PictureBoard.picture(through(), KEYS, YARD)).containsExactly(0xFF, 1);
        assertThat((Long) redis.call("PTTL", KEYS.picture(YARD))).isBetween(1L, 60_000L);
        assertThat((Long) redis.call("PTTL", KEYS.pictures())).isBetween(1L, 60_000L);
    }

    @Test
    void whatHasHungTooLongOrMakesNoSenseIsTakenDown() {
        redis.call("HSET", KEYS.pictures(), "old", "{\"objects\": 1, \"at\": \"2026-01-01T00:00:00Z\"}", "odd", "x",
                "timeless", "{\"objects\": 1}");
        assertThat(PictureBoard.list(through(), KEYS)).isEmpty();
        assertThat(redis.hash(KEYS.pictures())).isEmpty();
    }
}
