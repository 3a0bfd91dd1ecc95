package framebuffer.orchestrator.observability.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.observability.alerts.AlertThresholds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlertPolicyTest {
    private AlertPolicy policy = new AlertPolicy(AlertThresholds.DEFAULT);

    private List<String> after(ServiceObservation now) {
        policy = policy.after(now);
        return policy.firing().stream().map(Alert::title).toList();
    }

    @Test
    void itFiresWhenItHasHeldForAsLongAsItsRuleAsksAndIsOverAtOnce() {
        assertThat(after(Observations.cutOff(0))).isEmpty();
        assertThat(after(Observations.cutOff(9.9))).isEmpty();
        assertThat(after(Observations.cutOff(10))).containsExactly("CircuitOpen face-1");
        assertThat(policy.firing().getFirst().since()).isEqualTo(Observations.START);
        assertThat(after(Observations.well(11))).isEmpty();
    }

    @Test
    void whatDoesNotHoldForAMomentBeginsAnew() {
        after(Observations.cutOff(0));
        after(Observations.well(9));
        assertThat(after(Observations.cutOff(12))).isEmpty();
        assertThat(after(Observations.cutOff(22))).containsExactly("CircuitOpen face-1");
    }

    @Test
    void whileRedisIsAwayThatIsToldAndTheRestStaysAsItWas() {
        after(Observations.cutOff(0));
        after(Observations.cutOff(10));
        after(Observations.withoutRedis(11));
        assertThat(after(Observations.withoutRedis(21))).containsExactly("RedisDown", "CircuitOpen face-1");
        assertThat(after(Observations.cutOff(22))).containsExactly("CircuitOpen face-1");
    }

    @ParameterizedTest
    @EnumSource(names = {"REDIS_MEMORY_FULL", "REDIS_MAY_EVICT"})
    void whatIsWrongWithARedisThatWorksIsTold(AlertRule rule) {
        after(Observations.withRedis(0, rule));
        assertThat(after(Observations.withRedis(9, rule))).isEmpty();
        assertThat(after(Observations.withRedis(10, rule))).containsExactly(rule.word());
        assertThat(after(Observations.well(11))).isEmpty();
    }

    @Test
    void aClockThatIsSetBackDoesNotPutItOff() {
        after(Observations.cutOff(3_600));
        after(Observations.cutOff(0));
        assertThat(after(Observations.cutOff(10))).containsExactly("CircuitOpen face-1");
    }

    @Test
    void aBacklogAlertsOnlyWhileItGrows() {
        for (int second = 0; second < 200; second++) {
            after(Observations.unread(second, 5_000 + 10L * second));
        }
        assertThat(after(Observations.unread(200, 7_000))).containsExactly("BacklogGrowing");
        assertThat(after(Observations.unread(201, 2_000))).as("it shrinks").isEmpty();
        assertThat(after(Observations.unread(202, 900))).isEmpty();
    }

    @Test
    void framesLostAreToldForFiveMinutesAndThoseOfThePastNotAtAll() {
        assertThat(after(Observations.lost(0, 7))).isEmpty();
        assertThat(after(Observations.lost(1, 8))).containsExactly("FramesLost");
        assertThat(after(Observations.lost(300, 8))).containsExactly("FramesLost");
        assertThat(after(Observations.lost(301, 8))).isEmpty();
    }

    @Test
    void aProcessorIsDeafOnlyWhenItHasAcknowledgedNothingAllTheTime() {
        for (int second = 0; second <= 150; second++) {
            assertThat(after(Observations.has(second, 3, 0))).isEmpty();
        }
        assertThat(after(Observations.has(151, 3, 0))).containsExactly("ProcessorDeaf face-1");
        assertThat(after(Observations.has(152, 3, 1))).isEmpty();
        assertThat(after(Observations.has(400, 0, 1))).isEmpty();
    }

    @Test
    void whileAnOperatorPausesNeitherTheCamerasNorWhatWaitsIsBlamed() {
        after(Observations.lastFrame(0, 0, false));
        for (int second = 1; second < 7_200; second++) {
            assertThat(after(Observations.lastFrame(second, 0, true))).isEmpty();
        }
    }

    @Test
    void aCameraThatComesBackAfterAPauseWasNeverSilent() {
        pauseOfTwoHours();
        for (int second = 7_201; second < 7_600; second++) {
            assertThat(after(Observations.lastFrame(second, second < 7_210 ? 0 : second, false))).isEmpty();
        }
    }

    @Test
    void aCameraThatDoesNotComeBackAfterAPauseIsSilentFromThenOn() {
        pauseOfTwoHours();
        List<String> firing = List.of();
        int second = 7_201;
        for (; second < 8_000 && firing.isEmpty(); second++) {
            firing = after(Observations.lastFrame(second, 0, false));
        }
        assertThat(firing).containsExactly("NoFramesFromCamera yard");
        assertThat(second).as("five minutes of silence that held for one").isBetween(7_555, 7_575);
    }

    private void pauseOfTwoHours() {
        after(Observations.lastFrame(0, 0, false));
        for (int second = 1; second <= 7_200; second++) {
            after(Observations.lastFrame(second, 0, true));
        }
    }

    @Test
    void howManyCamerasAreToldOfIsBounded() {
        after(Observations.silentCameras(0, 5_000));
        assertThat(after(Observations.silentCameras(60, 5_000))).hasSize(100);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void inAnyOrderOfEventsItFiresJustWhenItHasHeldLongEnough(long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        List<ServiceObservation> looks = new ArrayList<>();
        double second = 0;
        double since = -1;
        for (int i = 0; i < 2_000; i++) {
            second += random.nextDouble(0.5, 3);
            boolean holds = random.nextInt(6) > 0;
            ServiceObservation now = holds ? Observations.cutOff(second) : Observations.well(second);
            looks.add(now);
            since = holds ? since < 0 ? second : since : -1;
            boolean expected = since >= 0
                    && !Observations.at(since).plusSeconds(10).isAfter(Observations.at(second));
            assertThat(after(now).equals(List.of("CircuitOpen face-1"))).as("look %d of seed %d", looks.size(), seed)
                    .isEqualTo(expected);
        }
    }
}
