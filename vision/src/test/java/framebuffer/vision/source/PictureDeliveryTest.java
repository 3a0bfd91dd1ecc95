package framebuffer.vision.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PictureDeliveryTest {

    @Test
    void whatSaysHowLongOrHowLargeItIsIsARecording() {
        assertThat(PictureDelivery.of("mov,mp4,m4a,3gp,3g2,mj2", true, false)).isEqualTo(PictureDelivery.RECORDING);
        assertThat(PictureDelivery.of("mpegts", false, true)).isEqualTo(PictureDelivery.RECORDING);
        assertThat(PictureDelivery.of("mpegts", false, false)).isEqualTo(PictureDelivery.LIVE);
        assertThat(PictureDelivery.of("mov,mp4,m4a,3gp,3g2,mj2", false, false)).isEqualTo(PictureDelivery.LIVE);
    }

    @Test
    void aPlaylistWithoutAnEndGoesOnThoughItHasASize() {
        assertThat(PictureDelivery.of("hls", false, true)).isEqualTo(PictureDelivery.SEGMENTED);
        assertThat(PictureDelivery.of("hls", true, true)).isEqualTo(PictureDelivery.RECORDING);
    }

    @Test
    void aCameraIsLiveWhateverSizeOrLengthItNames() {
        assertThat(PictureDelivery.of("mpjpeg", false, true)).isEqualTo(PictureDelivery.LIVE);
        assertThat(PictureDelivery.of("rtsp", true, false)).isEqualTo(PictureDelivery.LIVE);
    }

    @Test
    void onlyARecordingEndsAndOnlyWhatIsLiveIsDueOnArrival() {
        assertThat(PictureDelivery.values()).filteredOn(PictureDelivery::live).containsExactly(PictureDelivery.LIVE,
                PictureDelivery.SEGMENTED,
                PictureDelivery.SNAPSHOT);
        assertThat(PictureDelivery.values()).filteredOn(PictureDelivery::dueOnArrival).containsExactly(
                PictureDelivery.LIVE,
                PictureDelivery.SNAPSHOT);
        assertThat(PictureDelivery.of("jpeg_pipe", false, true)).isEqualTo(PictureDelivery.SNAPSHOT);
    }
}
