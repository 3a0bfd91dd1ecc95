package framebuffer.vision.camera;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.vision.camera.CameraState.Phase;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CameraStateTest {
    private static final Instant START = Instant.parse("2026-11-30T08:00:00Z");

    private final CameraState opening = CameraState.opening(START);

    @Test
    void aCameraPlaysSinceItsFirstPicture() {
        CameraState playing = opening.picture(at(2), "h264 (software)", 768, 576).picture(at(3), "h264 (software)", 768,
                576);
        assertThat(playing).isEqualTo(
                new CameraState(Phase.PLAYING, "", at(2), at(3), "h264 (software)", 768, 576, 0, 0));
    }

    @Test
    void anOutageBeginsWithItsFirstFailureAndGivesTheNewestReason() {
        CameraState waiting = opening.picture(at(2), "h264 (software)", 768, 576).waiting(at(5), "broke off").waiting(
                at(6),
                "refused");
        assertThat(waiting).extracting(CameraState::phase, CameraState::since, CameraState::reason,
                CameraState::lastPicture).containsExactly(Phase.WAITING, at(5), "refused", at(2));
    }

    @Test
    void aPictureEndsAnOutage() {
        CameraState playing = opening.waiting(at(5), "refused").picture(at(9), "h264 (software)", 768, 576);
        assertThat(playing).extracting(CameraState::phase, CameraState::since, CameraState::reason)
                .containsExactly(Phase.PLAYING, at(9), "");
    }

    @Test
    void theFirstReasonOfAnEndStays() {
        assertThat(opening.ended(at(1), "the recording has ended").ended(at(2), "closed"))
                .extracting(CameraState::phase, CameraState::since, CameraState::reason)
                .containsExactly(Phase.ENDED, at(1), "the recording has ended");
    }

    private static Instant at(int seconds) {
        return START.plusSeconds(seconds);
    }
}
