package framebuffer.vision.camera;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlaybackTest {

    @Test
    void aFilePlaysAtItsOwnSpeed() {
        Playback playback = new Playback(false, 5_000);
        assertThat(playback.waitMillis(0, 5_000)).isZero();
        assertThat(playback.waitMillis(200_000, 5_050)).isEqualTo(150);
        assertThat(playback.waitMillis(300_000, 5_400)).isZero();
    }

    @Test
    void itGoesOnBehindItsEnd() {
        Playback playback = new Playback(false, 0);
        playback.again(2_000_000);
        assertThat(playback.waitMillis(100_000, 2_000)).isEqualTo(100);
    }

    @Test
    void whatWasMissedByALongPauseIsNotMadeUpFor() {
        Playback playback = new Playback(false, 0);
        assertThat(playback.waitMillis(0, 10_000)).isZero();
        assertThat(playback.waitMillis(200_000, 10_000)).isEqualTo(200);
    }

    @Test
    void whatIsLiveComesWhenItIsDue() {
        assertThat(new Playback(true, 0).waitMillis(9_000_000, 0)).isZero();
    }
}
