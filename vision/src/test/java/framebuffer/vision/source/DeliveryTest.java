package framebuffer.vision.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeliveryTest {

    @Test
    void whatSaysHowLongOrHowLargeItIsIsARecording() {
        assertThat(Delivery.of("mov,mp4,m4a,3gp,3g2,mj2", true, false)).isEqualTo(Delivery.RECORDING);
        assertThat(Delivery.of("mpegts", false, true)).isEqualTo(Delivery.RECORDING);
        assertThat(Delivery.of("mpegts", false, false)).isEqualTo(Delivery.LIVE);
        assertThat(Delivery.of("mov,mp4,m4a,3gp,3g2,mj2", false, false)).isEqualTo(Delivery.LIVE);
    }

    @Test
    void aPlaylistWithoutAnEndGoesOnThoughItHasASize() {
        assertThat(Delivery.of("hls", false, true)).isEqualTo(Delivery.SEGMENTED);
        assertThat(Delivery.of("hls", true, true)).isEqualTo(Delivery.RECORDING);
    }

    @Test
    void aCameraIsLiveWhateverSizeOrLengthItNames() {
        assertThat(Delivery.of("mpjpeg", false, true)).isEqualTo(Delivery.LIVE);
        assertThat(Delivery.of("rtsp", true, false)).isEqualTo(Delivery.LIVE);
    }

    @Test
    void onlyARecordingEndsAndOnlyWhatIsLiveIsDueOnArrival() {
        assertThat(Delivery.values()).filteredOn(Delivery::live).containsExactly(Delivery.LIVE, Delivery.SEGMENTED,
                Delivery.SNAPSHOT);
        assertThat(Delivery.values()).filteredOn(Delivery::dueOnArrival).containsExactly(Delivery.LIVE,
                Delivery.SNAPSHOT);
        assertThat(Delivery.of("jpeg_pipe", false, true)).isEqualTo(Delivery.SNAPSHOT);
    }
}
