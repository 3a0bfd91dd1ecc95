package framebuffer.migration.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.migration.MigrationRedis;
import framebuffer.migration.gate.GateStreams;
import framebuffer.migration.steps.MigrationStatus.Stage;
import framebuffer.migration.steps.MigrationSteps.StepRefused;
import framebuffer.wire.Keys;
import framebuffer.wire.control.TrafficSwitches.SplitBy;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MigrationStepsTest {
    @RegisterExtension
    static final MigrationRedis redis = new MigrationRedis();
    private static final Keys KEYS = new Keys("", true);
    private static final GateStreams STREAMS = new GateStreams(KEYS, "frame-buffer-v2", "frame-buffer");

    private static MigrationSteps steps() {
        return new MigrationSteps(redis.connection(), STREAMS);
    }

    private static MigrationStatus status() {
        return MigrationStatus.read(redis.connection(), STREAMS);
    }

    private static void olderServiceReads(String stream) {
        redis.call("XGROUP", "CREATE", stream, "frame-buffer", "0", "MKSTREAM");
        redis.frames(stream, "door", 1);
        redis.call("XREADGROUP", "GROUP", "frame-buffer", "v1", "STREAMS", stream, ">");
    }

    private static void openGate() {
        olderServiceReads(KEYS.produced());
        olderServiceReads(KEYS.legacy());
        steps().openGate(true);
    }

    @Test
    void theGateWaitsForTheOlderServiceToReadItsNewStream() {
        assertThatThrownBy(() -> steps().openGate(true)).isInstanceOf(StepRefused.class)
                .hasMessageContaining("--legacy-group");
        olderServiceReads(KEYS.produced());
        assertThatThrownBy(() -> steps().openGate(false)).isInstanceOf(StepRefused.class)
                .hasMessageContaining("frames:capture:legacy").hasMessageContaining("--force");
        assertThat(status().stage()).isEqualTo(Stage.BEFORE);
        assertThat(status().steps()).as("a refused step is no step").isEmpty();
    }

    @Test
    void framesThatThisServiceHoldsFromBeforeAreNotForgotten() {
        olderServiceReads(KEYS.produced());
        redis.call("XGROUP", "CREATE", KEYS.produced(), "frame-buffer-v2", "0");
        redis.call("XREADGROUP", "GROUP", "frame-buffer-v2", "one", "STREAMS", KEYS.produced(), ">");
        assertThatThrownBy(() -> steps().openGate(true)).isInstanceOf(StepRefused.class)
                .hasMessageContaining("holds 1 frames");
    }

    @Test
    void eachStepIsRecordedWithItsBeginningAndItsEnd() {
        steps().shadow(true);
        assertThat(status().stage()).isEqualTo(Stage.SHADOW);
        openGate();
        steps().split(10, SplitBy.CAMERA);
        assertThat(status().stage()).isEqualTo(Stage.SPLIT);
        steps().split(100, SplitBy.FRAME);
        assertThat(status().stage()).isEqualTo(Stage.WHOLE);
        assertThat(status().steps()).extracting(step -> step.number() + " " + step.action()).containsExactly(
                "1 shadow on", "2 gate on", "3 split 10 by camera", "4 split 100 by frame");
        assertThat(status().steps()).allSatisfy(step -> assertThat(step.ended()).isAfterOrEqualTo(step.begun()));
    }

    @Test
    void anInterruptedStepContinuesUnderItsNumber() {
        StepJournal journal = steps().journal();
        assertThatThrownBy(() -> journal.run("gate on", () -> {
            throw new IllegalStateException("killed");
        })).hasMessage("killed");
        assertThat(status().steps()).singleElement().satisfies(step -> assertThat(step.ended()).isNull());
        openGate();
        assertThat(status().steps()).singleElement().satisfies(step -> assertThat(step.ended()).isNotNull());
    }

    @Test
    void noShareWithoutTheGateAndNoWayBackWithAShare() {
        assertThatThrownBy(() -> steps().split(10, SplitBy.CAMERA)).isInstanceOf(StepRefused.class)
                .hasMessageContaining("gate on");
        openGate();
        assertThatThrownBy(() -> steps().shadow(true)).isInstanceOf(StepRefused.class);
        steps().split(10, SplitBy.CAMERA);
        assertThatThrownBy(() -> steps().closeGate()).isInstanceOf(StepRefused.class).hasMessageContaining("split 0");
        steps().split(0, SplitBy.CAMERA);
        assertThatThrownBy(() -> steps().giveBack(true)).isInstanceOf(StepRefused.class)
                .hasMessageContaining("gate off");
        steps().closeGate();
        assertThatThrownBy(() -> steps().giveBack(false)).isInstanceOf(StepRefused.class)
                .hasMessageContaining("frames:capture");
        olderServiceReadsAgain();
        steps().giveBack(false);
        assertThat(status().stage()).isEqualTo(Stage.BEFORE);
        assertThat(status().streams().olderNow()).isEmpty();
    }

    private static void olderServiceReadsAgain() {
        redis.frames(KEYS.produced(), "door", 1);
        redis.call("XREADGROUP", "GROUP", "frame-buffer", "v1", "STREAMS", KEYS.produced(), ">");
    }

    @Test
    void aServiceHasLeftAStreamThatNobodyAsksForFramesWhileTheOtherHasItsGroup() {
        OlderService asks = reader(Optional.of(Duration.ofMillis(200)));
        OlderService silent = reader(Optional.of(Duration.ofSeconds(3)));
        OlderService never = reader(Optional.empty());
        assertThat(asks.hasLeftFor(Optional.of(never))).isFalse();
        assertThat(asks.hasLeftFor(Optional.of(reader(Optional.of(Duration.ofMillis(100)))))).isTrue();
        assertThat(asks.hasLeftFor(Optional.of(silent))).isFalse();
        assertThat(silent.hasLeftFor(Optional.of(never))).isTrue();
        assertThat(silent.hasLeftFor(Optional.empty())).isFalse();
        assertThat(never.hasLeftFor(Optional.of(never))).isTrue();
    }

    private static OlderService reader(Optional<Duration> silent) {
        return new OlderService(0, 0, 0, silent);
    }

    @Test
    void framesThatAProducerTrimsBeforeTheGateTakesThemAreCounted() {
        openGate();
        redis.frames(KEYS.produced(), "door", 10);
        assertThat(status().counts().trimmed()).isZero();
        assertThat(status().isSound()).isTrue();
        redis.call("XTRIM", KEYS.produced(), "MAXLEN", 4);
        assertThat(status().counts().trimmed()).isEqualTo(6);
        assertThat(status().isSound()).isFalse();
    }

    @Test
    void theStatusCountsWhatEachSideStillOwes() {
        openGate();
        redis.frames(KEYS.legacy(), "door", 1_500);
        redis.call("XREADGROUP", "GROUP", "frame-buffer", "v1", "COUNT", "5", "STREAMS", KEYS.legacy(), ">");
        assertThat(status().streams().olderNow()).hasValueSatisfying(older -> {
            assertThat(older.pending()).isEqualTo(6);
            assertThat(older.unread()).isBetween(1_000L, 1_500L);
            assertThat(older.silent()).isPresent();
        });
        assertThat(status().json().path("streams").path("older_now").path("pending").asLong()).isEqualTo(6);
    }
}
