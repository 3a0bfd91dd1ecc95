package framebuffer.wire.control;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.wire.control.CameraReport.Phase;
import framebuffer.wire.control.CameraReport.VideoRates;
import framebuffer.wire.control.CameraReport.VideoSize;
import framebuffer.wire.text.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CameraReportTest {
    private static final Instant SINCE = Instant.parse("2026-11-30T12:00:00Z");

    private static CameraReport report(Phase phase, @Nullable Instant lastPicture) {
        return new CameraReport(phase, "connection refused", SINCE, lastPicture, "h264 (software)",
                new VideoSize(768, 576), new VideoRates(10, 4.98), SINCE.plusSeconds(1));
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void itIsReadAsItWasWritten(Phase phase) {
        CameraReport written = report(phase, SINCE.plusSeconds(2));
        CameraReport rounded = new CameraReport(phase, written.reason(), SINCE, written.lastPictureAt(),
                written.decoder(), written.size(), new VideoRates(10, 5), written.at());
        assertThat(CameraReport.decode(Json.bytes(written.json()))).isEqualTo(rounded);
    }

    @Test
    void aCameraWithoutAPictureHasNoTimeOfOne() {
        CameraReport written = report(Phase.OPENING, null);
        assertThat(written.json().path("last_picture_at").isNull()).isTrue();
        assertThat(CameraReport.decode(Json.bytes(written.json()))).extracting(CameraReport::lastPictureAt).isNull();
        assertThat(written.storedAt(SINCE).at()).isEqualTo(SINCE);
    }

    @Test
    void aVideoHasEndedUntilAFrameComesThatIsNewerThanItsReport() {
        CameraReport ended = report(Phase.ENDED, null);
        assertThat(ended.hasEnded(null)).isTrue();
        assertThat(ended.hasEnded(ended.at())).isTrue();
        assertThat(ended.hasEnded(ended.at().plusMillis(1))).isFalse();
        assertThat(report(Phase.WAITING, null).hasEnded(null)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "{\"state\": \"dancing\"}", "{\"state\": \"playing\", \"since\": \"now\"}"})
    void whatOthersHaveWrittenIsNone(String text) {
        assertThat(CameraReport.decode(text.getBytes(StandardCharsets.UTF_8))).isNull();
    }
}
