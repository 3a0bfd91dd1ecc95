package framebuffer.vision.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.vision.source.CameraUnavailable;
import framebuffer.vision.source.PictureDeadline;
import framebuffer.vision.source.VideoAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VideoSourceTest {
    private static final VideoAddress CLIP = new VideoAddress.File(DemoClip.path());

    @TempDir
    Path folder;

    @Test
    void twentySecondsAtTwoASecondAreFortyPictures() {
        try (VideoSource clip = open(CLIP, 2)) {
            List<Shot> shots = Video.shots(clip);
            assertThat(shots).hasSize(40).allSatisfy(shot -> {
                assertThat(shot.width()).isEqualTo(768);
                assertThat(shot.height()).isEqualTo(576);
            });
            assertThat(shots).extracting(Shot::atMicros).startsWith(0L, 500_000L, 1_000_000L);
        }
    }

    @Test
    void atItsEndAFileBeginsAnew() {
        try (VideoSource clip = open(CLIP, 0.5)) {
            int pictures = Video.shots(clip).size();
            assertThat(clip.next()).isNull();
            clip.rewind();
            assertThat(Video.shots(clip)).hasSize(pictures);
            assertThat(clip.lengthMicros()).isEqualTo(20_000_000);
        }
    }

    @Test
    void lessQualityIsASmallerFile() {
        assertThat(firstOfQuality(30).jpeg().length).isLessThan(firstOfQuality(95).jpeg().length / 2);
    }

    @Test
    void aMissingFileIsSaidSo() {
        assertUnavailable(folder.resolve("none.mp4").toString(), "no video file", "none.mp4");
    }

    @Test
    void aFileThatIsNoVideoIsSaidSo() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.txt"), "no video at all");
        assertUnavailable(text.toString(), "no video in", "notes.txt");
    }

    @Test
    void aCameraThatRefusesIsSaidSoWithoutItsPassword() throws IOException {
        assertUnavailable("rtsp://yard:s3cret@127.0.0.1:" + closedPort() + "/1", "cannot reach rtsp://…@127.0.0.1",
                "refused");
    }

    @Test
    void aDeviceThatIsNotThereIsSaidSo() {
        assertUnavailable("/dev/video987", "cannot open device /dev/video987");
    }

    private static Shot firstOfQuality(int quality) {
        try (VideoSource clip = open(CLIP, new Pictures(1, quality))) {
            return Video.shots(clip).getFirst();
        }
    }

    private static void assertUnavailable(String address, String... parts) {
        assertThatThrownBy(() -> open(VideoAddress.parse(address), 1)).isInstanceOf(CameraUnavailable.class)
                .message().contains(parts).doesNotContain("s3cret", "\n");
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static VideoSource open(VideoAddress address, double fps) {
        return open(address, Pictures.DEFAULT.withFps(fps));
    }

    private static VideoSource open(VideoAddress address, Pictures pictures) {
        return VideoSource.open(address, pictures, System::nanoTime,
                new PictureDeadline(pictures.timeout(), System::nanoTime));
    }
}
