package framebuffer.trials.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

    @ParameterizedTest
    @CsvSource({"200,2s,400", "0.1,60s,6", "1.1,10s,11", "3,10s,30", "0.1,1s,1", "100000,100ms,10000"})
    void thereAreAsManyFramesAsAreDueInTheTime(double fps, String duration, long frames) {
        Duration time = Duration.parse("PT" + duration.replace("100ms", "0.1s"));
        assertThat(Schedule.of(0, fps, time).frames()).isEqualTo(frames);
    }

    @Test
    void framesAreDueEvenlyWhateverBecameOfThoseBefore() {
        Schedule schedule = new Schedule(1_000, 200, 400);
        assertThat(schedule.intended(0)).isEqualTo(1_000);
        assertThat(schedule.intended(3)).isEqualTo(15_001_000);
        assertThat(schedule.due(999)).isZero();
        assertThat(schedule.due(1_000)).isOne();
        assertThat(schedule.due(15_000_999)).isEqualTo(3);
        assertThat(schedule.due(Long.MAX_VALUE / 2)).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.7, 3, 29.97, 1_000, 99_999})
    void eachIsDueWhenItsMomentHasComeAndNotBefore(double fps) {
        Schedule schedule = new Schedule(-12_345_678_901L, fps, 1_000_000);
        for (long frame = 0; frame < 1_000_000; frame += 997) {
            assertThat(schedule.due(schedule.intended(frame))).isEqualTo(frame + 1);
            assertThat(schedule.due(schedule.intended(frame) - 1)).isEqualTo(frame);
        }
    }
}
