package framebuffer.redis.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceClockTest {
    private static final Instant START = Instant.parse("2026-11-30T00:00:00Z");

    private Instant steady = START;
    private Instant redis = START.plusMillis(100);
    private final ServiceClock clock = new ServiceClock(() -> steady);
    private final ServiceClock.Follower follower = clock.follower();

    private void pass(Duration time) {
        steady = steady.plus(time);
        redis = redis.plus(time);
    }

    @Test
    void itGoesOnBetweenTwoAnswers() {
        clock.ask(() -> redis);
        pass(Duration.ofSeconds(5));
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(5));
        assertThat(follower.wasSet()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {-86_400, -3_600, 3_600, 86_400})
    void whenRedisIsSetItFollowsAndTellsSo(long seconds) {
        clock.ask(() -> redis);
        redis = redis.plusSeconds(seconds);
        clock.ask(() -> redis);
        assertThat(clock.instant()).isEqualTo(redis);
        assertThat(follower.wasSet()).isTrue();
        pass(Duration.ofSeconds(1));
        clock.ask(() -> redis);
        assertThat(follower.wasSet()).isFalse();
        assertThat(clock.wasSetWithin(Duration.ofSeconds(2))).isTrue();
        assertThat(clock.wasSetWithin(Duration.ofSeconds(1))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {-172_800, 172_800})
    void nothingIsTooOldByAClockThatWasSetUntilAnHourHasPassed(long seconds) {
        Duration day = Duration.ofDays(1);
        assertThat(clock.cutoff(day)).as("Redis has not been read").isEmpty();
        clock.ask(() -> redis);
        redis = redis.plusSeconds(seconds);
        assertThat(clock.cutoff(day)).as("the change is not seen yet").hasValue(START.minus(day));
        clock.ask(() -> redis);
        assertThat(clock.cutoff(day)).isEmpty();
        pass(Duration.ofMinutes(59));
        assertThat(clock.cutoff(day)).isEmpty();
        pass(Duration.ofMinutes(1));
        assertThat(clock.cutoff(day)).hasValue(redis.minus(day));
    }

    @Test
    void thatTheMachinesClockIsAnotherAtTheStartIsNoSetting() {
        redis = redis.plusSeconds(3_600);
        clock.ask(() -> redis);
        assertThat(clock.instant()).isEqualTo(redis);
        assertThat(clock.wasSetWithin(Duration.ofHours(2))).isFalse();
        assertThat(follower.wasSet()).as("times stored before are wrong").isTrue();
    }

    @Test
    void anAnswerThatTookLongSaysNothingOfTheClock() {
        clock.ask(() -> redis);
        clock.ask(() -> {
            Instant answer = redis;
            pass(Duration.ofMinutes(1));
            return answer;
        });
        assertThat(follower.wasSet()).isFalse();
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(60));
    }

    @Test
    void aClockThatRunsFasterIsFollowedWithoutBeingSet() {
        for (int i = 0; i < 100; i++) {
            pass(Duration.ofSeconds(1));
            redis = redis.plusMillis(20);
            clock.ask(() -> redis);
        }
        assertThat(follower.wasSet()).isFalse();
        assertThat(Duration.between(clock.instant(), redis)).isLessThanOrEqualTo(Duration.ofMillis(250));
    }
}
