package framebuffer.bridge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.wire.control.CameraReport;
import framebuffer.wire.control.CameraReport.Phase;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CameraStatesTest {
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

    @ParameterizedTest
    @EnumSource(Phase.class)
    void aCameraOfOursIsOnlineWhileItPlays(Phase phase) {
        CameraReport report = new CameraReport(phase, "", NOW, null, "", new CameraReport.VideoSize(0, 0),
                new CameraReport.VideoRates(0, 0), NOW);
        assertThat(CameraStates.isOnline(report, NOW, NOW)).isEqualTo(phase == Phase.PLAYING);
    }

    @Test
    void anotherCameraIsOnlineWhileItSendsFrames() {
        assertThat(CameraStates.isOnline(null, NOW.minus(CameraStates.SILENT).plusMillis(1), NOW)).isTrue();
        assertThat(CameraStates.isOnline(null, NOW.minus(CameraStates.SILENT), NOW)).isFalse();
    }

    @Test
    void aPictureFollowsAfterTheIntervalOrWhenTheClockWasSetBack() {
        Duration interval = Duration.ofSeconds(10);
        assertThat(CameraStates.isDue(NOW, NOW.plusSeconds(10), interval)).isTrue();
        assertThat(CameraStates.isDue(NOW, NOW.plusSeconds(9), interval)).isFalse();
        assertThat(CameraStates.isDue(NOW, NOW, interval)).as("the same picture").isFalse();
        assertThat(CameraStates.isDue(NOW.plusSeconds(3600), NOW, interval)).isTrue();
    }
}
