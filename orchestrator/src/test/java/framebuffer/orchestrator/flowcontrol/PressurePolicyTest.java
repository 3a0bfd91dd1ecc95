package framebuffer.orchestrator.flowcontrol;

import static framebuffer.wire.control.PressureLevel.CRITICAL;
import static framebuffer.wire.control.PressureLevel.HIGH;
import static framebuffer.wire.control.PressureLevel.MODERATE;
import static framebuffer.wire.control.PressureLevel.NORMAL;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.wire.control.PressureLevel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PressurePolicyTest {
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Instant START = Instant.ofEpochSecond(1_000);

    private PressureGauge gauge = PressureGauge.at(NORMAL, START);
    private Instant now = START;

    private static ProcessorLoad load(long outstanding, int capacity, long waiting) {
        return new ProcessorLoad(outstanding, capacity, waiting);
    }

    /** The levels at consecutive checks under constant load. */
    private List<PressureLevel> during(Duration time, ProcessorLoad load) {
        List<PressureLevel> seen = new ArrayList<>();
        for (Instant until = now.plus(time); now.isBefore(until);) {
            now = now.plus(LOOK);
            gauge = PressurePolicy.next(gauge, load, now);
            seen.add(gauge.level());
        }
        return seen;
    }

    private PressureLevel after(Duration time, ProcessorLoad load) {
        return during(time, load).getLast();
    }

    @ParameterizedTest
    @CsvSource({"5,0,NORMAL", "6,0,NORMAL", "7,0,MODERATE", "8,0,MODERATE", "9,0,HIGH", "10,0,HIGH", "10,1,CRITICAL",
            "12,3,CRITICAL", "0,0,NORMAL"})
    void theLevelFollowsTheUtilizationAndCriticalNeedsFramesThatWait(int outstanding, int waiting,
            PressureLevel expected) {
        assertThat(after(Duration.ofSeconds(5), load(outstanding, 10, waiting))).isEqualTo(expected);
    }

    @Test
    void fromIdleToFullWithFramesThatWaitItIsHighInAQuarterAndCriticalInHalfASecond() {
        List<PressureLevel> seen = during(Duration.ofMillis(500), load(10, 10, 5));
        assertThat(seen.indexOf(HIGH)).isBetween(0, 4);
        assertThat(seen.indexOf(CRITICAL)).isBetween(0, 8);
    }

    @Test
    void aProcessorOfOneFrameThatSimplyWorksIsCloseToNothing() {
        assertThat(during(Duration.ofSeconds(10), load(1, 1, 0))).containsOnly(NORMAL);
        assertThat(after(Duration.ofMillis(500), load(1, 1, 3))).isEqualTo(CRITICAL);
    }

    @Test
    void aProcessorOfOneFrameThatALookMayFindIdleIsFullWhileFramesWaitForIt() {
        for (int i = 0; i < 5; i++) {
            during(LOOK, load(0, 1, 3));
            during(LOOK, load(1, 1, 3));
        }
        assertThat(gauge.level()).isEqualTo(CRITICAL);
    }

    @Test
    void aBurstOfATenthOfASecondIsNoAlarm() {
        for (int i = 0; i < 10; i++) {
            assertThat(during(Duration.ofMillis(100), load(10, 10, 4))).doesNotContain(HIGH, CRITICAL);
            during(Duration.ofMillis(900), load(0, 10, 0));
        }
    }

    @Test
    void whenTheLoadIsGoneItGoesDownOneLevelASecond() {
        during(Duration.ofSeconds(2), load(10, 10, 5));
        List<PressureLevel> seen = during(Duration.ofSeconds(5), load(0, 10, 0));
        assertThat(seen).containsSubsequence(CRITICAL, HIGH, MODERATE, NORMAL);
        assertThat(seen.indexOf(HIGH)).isGreaterThanOrEqualTo(20);
        assertThat(seen.indexOf(MODERATE) - seen.indexOf(HIGH)).isGreaterThanOrEqualTo(20);
        assertThat(seen.indexOf(NORMAL) - seen.indexOf(MODERATE)).isGreaterThanOrEqualTo(20);
        assertThat(seen.getLast()).isEqualTo(NORMAL);
    }

    @Test
    void aLoadThatHoversAtALevelDoesNotMakeItFlap() {
        after(Duration.ofSeconds(2), load(85, 100, 0));
        List<PressureLevel> seen = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            seen.addAll(during(Duration.ofMillis(200), load(i % 2 == 0 ? 78 : 84, 100, 0)));
        }
        assertThat(seen).containsOnly(HIGH);
    }

    @RepeatedTest(50)
    void itRisesAtOnceAndFallsOneStepASecondWhateverComes(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Instant changed = START;
        for (int i = 0; i < 500; i++) {
            PressureLevel before = gauge.level();
            int capacity = 1 + random.nextInt(5);
            PressureLevel seen = after(LOOK, load(random.nextInt(capacity + 1), capacity, random.nextInt(3)));
            if (seen.compareTo(before) < 0) {
                assertThat(seen).isEqualTo(before.below());
                assertThat(Duration.between(changed, now)).isGreaterThanOrEqualTo(PressurePolicy.CALM);
            }
            changed = seen == before ? changed : now;
            assertThat(gauge.utilization()).isBetween(0.0, 1.0);
        }
    }

    @Test
    void whereTheClockIsSetBackAnHourTheLevelFollowsAllTheSame() {
        during(Duration.ofSeconds(2), load(10, 10, 5));
        now = now.minusSeconds(3_600);
        assertThat(after(Duration.ofSeconds(5), load(0, 10, 0))).isEqualTo(NORMAL);
        now = now.minusSeconds(3_600);
        assertThat(after(Duration.ofSeconds(1), load(10, 10, 5))).isEqualTo(CRITICAL);
    }
}
