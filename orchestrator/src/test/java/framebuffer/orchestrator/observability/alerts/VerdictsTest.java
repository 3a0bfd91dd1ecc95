package framebuffer.orchestrator.observability.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.flowcontrol.CameraDirectory.CameraState;
import framebuffer.orchestrator.flowcontrol.Freshness;
import framebuffer.orchestrator.observability.alerts.AlertThresholds;
import framebuffer.orchestrator.observability.alerts.Verdicts.PausedPeriod;
import framebuffer.orchestrator.observability.alerts.Verdicts.Verdict;
import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.wire.control.CameraReport;
import framebuffer.wire.control.CameraReport.Phase;
import framebuffer.wire.control.CameraReport.VideoRates;
import framebuffer.wire.control.CameraReport.VideoSize;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Heartbeat.HealthStatus;
import framebuffer.wire.control.PressureLevel;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VerdictsTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final Instant BEFORE = NOW.minus(AlertThresholds.DEFAULT.cameraSilence()).minusSeconds(1);
    private static final RegisteredProcessor FACE = RegisteredProcessor
            .registered(Registration.of("face-1", List.of("face"), 10), null, NOW);

    private static CameraState camera(String id, double framesPerSecond, @Nullable Instant lastFrameAt) {
        return new CameraState(id, Freshness.LOSSLESS, framesPerSecond, lastFrameAt, null);
    }

    private static String state(CameraState camera, PausedPeriod pause, boolean paused) {
        return new Verdicts(AlertThresholds.DEFAULT, pause).cameras(List.of(camera), paused, NOW)
                .of(camera, Optional.empty()).state();
    }

    private static String state(CameraState camera) {
        return state(camera, PausedPeriod.NONE, false);
    }

    private static String state(RegisteredProcessor processor, PressureLevel level) {
        return Verdicts.processor(processor, level).state();
    }

    @Test
    void aCameraIsSilentFromTheThresholdOfItsAlert() {
        assertThat(state(camera("yard", 0, BEFORE))).isEqualTo("silent");
        assertThat(state(camera("yard", 0, BEFORE.plusSeconds(1)))).isEqualTo("flows");
    }

    @Test
    void aPauseIsNoSilence() {
        assertThat(state(camera("yard", 0, BEFORE), PausedPeriod.NONE, true)).isEqualTo("paused");
        assertThat(state(camera("yard", 0, BEFORE), new PausedPeriod(BEFORE, NOW.minusSeconds(9)), false))
                .isEqualTo("flows");
    }

    @Test
    void aCameraThatHasOnlyAPolicyWasNeverSeen() {
        assertThat(state(camera("yard", 0, null))).isEqualTo("never_seen");
    }

    @Test
    void aCameraWithoutVideoSaysWhy() {
        assertThat(verdict(Phase.WAITING, null))
                .isEqualTo(new Verdict("unavailable", Verdict.Rating.BAD, "connection refused"));
        assertThat(verdict(Phase.WAITING, NOW).state()).isEqualTo("unavailable");
        assertThat(verdict(Phase.ENDED, NOW).state()).isEqualTo("ended");
        assertThat(verdict(Phase.ENDED, NOW.plusMillis(1)).state()).as("another process sends").isEqualTo("flows");
        assertThat(verdict(Phase.PLAYING, NOW).state()).isEqualTo("flows");
        assertThat(verdict(Phase.OPENING, null).reason()).isEqualTo("opens its video, and has sent no frame yet");
    }

    private static Verdict verdict(Phase phase, @Nullable Instant lastFrameAt) {
        CameraReport video = new CameraReport(phase, "connection refused", NOW, null, "", new VideoSize(0, 0),
                new VideoRates(0, 0), NOW);
        CameraState camera = new CameraState("yard", Freshness.LOSSLESS, 0, lastFrameAt, video);
        return new Verdicts(AlertThresholds.DEFAULT, PausedPeriod.NONE).cameras(List.of(camera), false, NOW).of(camera,
                Optional.empty());
    }

    @Test
    void aCameraIsSlowBesideOthers() {
        List<CameraState> all = List.of(camera("a", 10, NOW), camera("b", 10, NOW), camera("c", 4.9, NOW));
        Verdicts.CameraVerdicts verdicts = new Verdicts(AlertThresholds.DEFAULT, PausedPeriod.NONE).cameras(all, false,
                NOW);
        assertThat(all).extracting(one -> verdicts.of(one, Optional.empty()).state()).containsExactly("flows", "flows",
                "slow");
        assertThat(verdicts.of(all.getFirst(), Optional.of(Duration.ofMillis(1_001))).state()).isEqualTo("waits");
        assertThat(verdicts.of(all.getFirst(), Optional.of(Duration.ofSeconds(1))).state()).isEqualTo("flows");
    }

    @Test
    void aProcessorIsOverloadedWhileItsBackpressureIsHigh() {
        assertThat(state(FACE, PressureLevel.MODERATE)).isEqualTo("healthy");
        assertThat(state(FACE, PressureLevel.HIGH)).isEqualTo("overloaded");
        assertThat(Verdicts.processor(FACE, PressureLevel.HIGH).rating()).isEqualTo(Verdict.Rating.WARNING);
        assertThat(Verdicts.processor(FACE, PressureLevel.CRITICAL).rating()).isEqualTo(Verdict.Rating.BAD);
    }

    @Test
    void itsHealthComesFirstAndThatItDrainsBeforeAll() {
        RegisteredProcessor ill = FACE
                .heard(new Heartbeat("face-1", HealthStatus.UNHEALTHY, null, null, null, null), NOW);
        assertThat(state(ill, PressureLevel.CRITICAL)).isEqualTo("unhealthy");
        assertThat(state(ill.drained(NOW), PressureLevel.CRITICAL)).isEqualTo("draining");
    }

    @Test
    void aCapabilityIsUsableWhileAProcessorThatOffersItIs() {
        RegisteredProcessor draining = FACE.drained(NOW);
        assertThat(Verdicts.capability("face", List.of(FACE, draining), PressureLevel.NORMAL))
                .isEqualTo(new Verdict("partly_usable", Verdict.Rating.WARNING, "1 of 2 processors usable"));
        assertThat(Verdicts.capability("face", List.of(draining), PressureLevel.NORMAL).state()).isEqualTo("unusable");
        assertThat(Verdicts.capability("", List.of(FACE), PressureLevel.NORMAL).reason()).isEqualTo("1 processor");
        assertThat(Verdicts.capability("face", List.of(FACE), PressureLevel.HIGH).state()).isEqualTo("overloaded");
        assertThat(Verdicts.capability("car", List.of(FACE), PressureLevel.NORMAL).state()).isEqualTo("unusable");
    }
}
