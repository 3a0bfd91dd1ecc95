package framebuffer.redis.monitoring;

import static framebuffer.redis.testing.CaptureStream.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.Replies;
import framebuffer.redis.monitoring.HistoryStore.HistoryClaim;
import framebuffer.redis.testing.TestRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryStoreTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();

    private Optional<Instant> clock = Optional.of(Instant.now());
    private final HistoryStore one = new HistoryStore(KEYS, "one", Duration.ofHours(24), () -> clock);
    private final HistoryStore two = new HistoryStore(KEYS, "two", Duration.ofHours(24), () -> clock);

    private static long minute() {
        return Replies.time(redis.call("TIME")).getEpochSecond() / 60;
    }

    private static void put(long minute) {
        redis.call("HSET", KEYS.history(), minute, "at " + minute);
    }

    private static List<Long> minutes() {
        return HistoryStore.read(redis.connection(), KEYS).keySet().stream().map(at -> at.getEpochSecond() / 60)
                .toList();
    }

    @Test
    void oneInstanceWritesUntilItIsSilentForTooLong() {
        assertThat(one.claim(redis.connection()).isOurs()).isTrue();
        assertThat(two.claim(redis.connection()).isOurs()).isFalse();
        assertThat(two.note(redis.connection(), "mine").isOurs()).isFalse();
        assertThat(minutes()).isEmpty();
        redis.call("HSET", KEYS.history(), "writer",
                Instant.now().minusSeconds(21).toEpochMilli() + " one of us");
        assertThat(two.claim(redis.connection()).isOurs()).isTrue();
        assertThat(one.note(redis.connection(), "too late").isOurs()).isFalse();
        assertThat(minutes()).isEmpty();
    }

    @Test
    void aWriterWhoseSignOfLifeIsInTheFutureIsReplaced() {
        redis.call("HSET", KEYS.history(), "writer", Instant.now().plusSeconds(3_600).toEpochMilli() + " one");
        assertThat(two.claim(redis.connection()).isOurs()).isTrue();
    }

    @Test
    void thereIsOneRecordForAMinute() {
        HistoryClaim first = one.note(redis.connection(), "first");
        HistoryClaim second = one.note(redis.connection(), "second");
        if (first.now().getEpochSecond() / 60 == second.now().getEpochSecond() / 60) {
            assertThat(second.newest()).isEqualTo("first");
        }
        assertThat(one.claim(redis.connection()).newest()).isEqualTo(second.newest());
    }

    @Test
    void oldMinutesAreThinnedToTheFirstOfAQuarterOfAnHour() {
        long now = minute();
        for (long minute = now - 1_500; minute < now; minute++) {
            put(minute);
        }
        one.note(redis.connection(), "now");
        assertThat(minutes()).hasSizeBetween(180 + 80, 181 + 90).isSorted();
        assertThat(minutes()).allMatch(minute -> minute >= now - 1_440);
        assertThat(minutes()).filteredOn(minute -> minute >= now - 180).hasSizeBetween(180, 182);
        assertThat(minutes().stream().filter(minute -> minute < now - 181).skip(1))
                .allMatch(minute -> minute % 15 == 0);
    }

    @Test
    void recordsOfTheFutureAreRemoved() {
        put(minute() + 100);
        put(minute() - 1);
        assertThat(one.claim(redis.connection()).newest()).isEqualTo("at " + minutes().getFirst());
        assertThat(minutes()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {-2_880, 2_880})
    void noRecordIsTooOldOrTooThinWhileRedissClockMayBeWrong(long ahead) {
        long now = minute();
        for (long minute = now - 200; minute < now; minute++) {
            put(minute - ahead);
        }
        clock = Optional.empty();
        one.note(redis.connection(), "by a wrong clock");
        assertThat(minutes()).hasSize(201);
        // The change is not seen yet: the clock is still the one before.
        clock = Optional.of(Instant.now().minus(Duration.ofMinutes(ahead)));
        one.note(redis.connection(), "by a wrong clock");
        assertThat(minutes()).hasSizeGreaterThan(180).contains(now - 180 - ahead, now - 1 - ahead);
    }

    @Test
    void thereIsABoundOfRecordsWhateverTheClock() {
        long now = minute();
        for (long minute = now - 700; minute < now; minute++) {
            put(minute);
        }
        clock = Optional.empty();
        one.note(redis.connection(), "now");
        assertThat(minutes()).hasSizeBetween(550, 553).contains(now - 1);
    }
}
