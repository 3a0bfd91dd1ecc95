package framebuffer.vision.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VideoAddressTest {

    @Test
    void aPathIsAFileWhichHasAnEnd() {
        VideoAddress address = VideoAddress.parse("yard/clip.mp4");
        assertThat(address).isEqualTo(new VideoAddress.File(Path.of("yard/clip.mp4")));
        assertThat(address.live()).isFalse();
        assertThat(VideoAddress.parse("file:///yard/clip.mp4"))
                .isEqualTo(new VideoAddress.File(Path.of("/yard/clip.mp4")));
    }

    @Test
    void anAddressInTheNetworkIsLiveAndShownWithoutItsPassword() {
        VideoAddress address = VideoAddress.parse("rtsp://yard:s3cret@camera.local/1");
        assertThat(address.live()).isTrue();
        assertThat(address).hasToString("rtsp://…@camera.local/1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rtsp://yard:hu#sh@cam/1", "rtsp://yard:hu/sh@cam/1", "rtsp://yard:hu?sh@cam/1",
            "rtsp://yard:12/34hush@cam/1", "rtsp://cam/1?password=hu@sh", "rtsp://cam/1?password=hu#sh",
            "rtsp://yard:hu sh@cam/1"})
    void whereAPasswordEndsMustBeClearAndIsNotRepeated(String address) {
        assertThatThrownBy(() -> VideoAddress.parse(address)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("percent-encode").hasMessageContaining("%23").message()
                .doesNotContain("hu", "sh@", "34");
    }

    @ParameterizedTest
    @CsvSource({"rtsp://yard:hu%23sh@[::1]:554/1?password=x, rtsp://…@[::1]:554/1?…",
            "rtsp://yard:hu@sh@cam/1, rtsp://…@cam/1", "rtmp://cam/live/hush, rtmp://cam/…"})
    void aPasswordIsNeverShown(String address, String shown) {
        assertThat(VideoAddress.parse(address)).hasToString(shown);
    }

    @Test
    void aWebcamIsADevice() {
        assertThat(VideoAddress.parse("webcam:0")).isInstanceOf(VideoAddress.Device.class);
        assertThat(VideoAddress.parse("/dev/video3")).isEqualTo(new VideoAddress.Device("v4l2", "/dev/video3"));
    }

    @Test
    void nothingIsNoAddress() {
        assertThatThrownBy(() -> VideoAddress.parse(" ")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rtsp://");
    }
}
