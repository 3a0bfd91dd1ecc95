package framebuffer.trials.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultCountsTest {
    private static final long MILLI = 1_000_000;
    /** Frame n is due after n seconds. */
    private static final Schedule SCHEDULE = new Schedule(0, 1, 10_000_000);

    private static ResultCounts results(String... detect) {
        return new ResultCounts(new Load(1, 1, Duration.ofSeconds(1), PriorityMix.parse("3:1"), List.of(detect), 0,
                new SimulatedProcessors.Kind(0, Duration.ZERO, 1, 1)), SCHEDULE);
    }

    @Test
    void aFrameTakesAsLongAsItsResultComesLaterThanItWasDue() {
        ResultCounts results = results();
        results.sending(3);
        results.came(2, "", true, SCHEDULE.intended(2) + 40 * MILLI);
        ResultCounts.ResultTotals tally = results.tally();
        assertThat(tally.succeeded()).isOne();
        assertThat(tally.missing()).isEqualTo(2);
        assertThat(tally.all().max()).isCloseTo(40, within(0.1));
        assertThat(tally.byPriority()).containsOnlyKeys(3);
        assertThat(tally.nanos()).isEqualTo(2_040 * MILLI);
    }

    @Test
    void aFrameForTwoCapabilitiesIsThereWithTheLaterOfItsResults() {
        ResultCounts results = results("face", "car");
        results.sending(1);
        results.came(0, "car", true, 10 * MILLI);
        assertThat(results.tally().all().count()).isZero();
        assertThat(results.missing()).isOne();
        results.came(0, "face", false, 30 * MILLI);
        ResultCounts.ResultTotals tally = results.tally();
        assertThat(tally.all().max()).isCloseTo(30, within(0.1));
        assertThat(tally.missing()).isZero();
        assertThat(tally.succeeded()).isOne();
        assertThat(tally.failed()).isOne();
    }

    @Test
    void aResultThatWasThereAlreadyIsCountedApart() {
        ResultCounts results = results();
        results.sending(1);
        results.came(0, "", true, 10 * MILLI);
        results.came(0, "", true, 90 * MILLI);
        assertThat(results.tally().repeated()).isOne();
        assertThat(results.tally().results()).isOne();
        assertThat(results.tally().all().max()).isCloseTo(10, within(0.1));
    }

    @Test
    void aResultOfACapabilityThatNobodyAskedForBelongsToNoFrame() {
        ResultCounts results = results("face", "car");
        results.sending(1);
        results.came(0, "gesture", true, 10 * MILLI);
        assertThat(results.tally().forgotten()).isOne();
        assertThat(results.missing()).isOne();
    }

    @Test
    void aFrameThatRedisRefusedIsNotMissed() {
        ResultCounts results = results("face", "car");
        results.sending(2);
        results.refused(1);
        assertThat(results.missing()).isOne();
        assertThat(results.tally().results()).isZero();
    }

    @Test
    void aFrameIsForgottenWhenAsManyCameAfterItAsAreRemembered() {
        ResultCounts results = results();
        results.sending(AwaitedResults.REMEMBERED);
        results.sending(AwaitedResults.REMEMBERED + 1L);
        results.came(0, "", true, MILLI);
        results.came(1, "", true, SCHEDULE.intended(1) + MILLI);
        results.came(AwaitedResults.REMEMBERED, "", true, SCHEDULE.intended(AwaitedResults.REMEMBERED) + MILLI);
        ResultCounts.ResultTotals tally = results.tally();
        assertThat(tally.forgotten()).isOne();
        assertThat(tally.all().count()).isEqualTo(2);
        assertThat(tally.missing()).isEqualTo(AwaitedResults.REMEMBERED - 1L);
    }

    @Test
    void whatWasNotSentYetHasNoResult() {
        ResultCounts results = results();
        results.sending(1);
        results.came(1, "", true, MILLI);
        assertThat(results.tally().forgotten()).isOne();
        assertThat(results.missing()).isOne();
    }
}
