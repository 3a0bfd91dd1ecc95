package framebuffer.vision.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

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
