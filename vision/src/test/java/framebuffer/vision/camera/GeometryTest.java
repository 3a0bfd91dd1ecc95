package framebuffer.vision.camera;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.vision.detect.PeopleDetector;
import framebuffer.vision.source.PictureSize;
import framebuffer.vision.source.VideoAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pictures are scaled and rotated as their file declares. */
class GeometryTest {
    private static final int ONE = 1 << 16;
    private static final Pictures PICTURES = Pictures.DEFAULT.withFps(1);
    /** Offset of the display matrix from the name of a track header in an MP4. */
    private static final int MATRIX = 44;

    @TempDir
    Path folder;

    /** Six seconds of the demo clip as from a phone held upright: the pictures are stored rotated. */
    @Test
    void aTelephonesVideoShowsAsManyPeopleAsTheSceneUpright() throws IOException {
        try (PeopleDetector people = new PeopleDetector()) {
            int upright = people(people, new VideoAddress.File(DemoClip.path()));
            assertThat(upright).isGreaterThan(6);
            assertThat(people(people, file("phone.mp4", Video.bytes("phone.mp4"))))
                    .isBetween(upright * 3 / 4, upright * 5 / 4);
        }
    }

    @Test
    void pixelsThatAreNotSquareAreAnnouncedAtDisplaySize() throws IOException {
        assertSize(Video.bytes("sar.mp4"), 768, 576);
    }

    @Test
    void whatIsBothStretchedAndTurnedIsStretchedFirst() throws IOException {
        assertSize(withMatrix(Video.bytes("sar.mp4"), 0, ONE, -ONE, 0), 576, 768);
    }

    @ParameterizedTest
    @CsvSource({"1,0,0,1", "0,1,-1,0", "-1,0,0,-1", "0,-1,1,0", "-1,0,0,1", "1,0,0,-1", "0,1,1,0", "0,-1,-1,0"})
    void eachDisplayMatrixIsObeyed(int a, int b, int c, int d) throws IOException {
        byte[] clip = Video.bytes("rotated90.mp4");
        Mat coded = first(withMatrix(clip, ONE, 0, 0, ONE));
        Mat shown = first(withMatrix(clip, a * ONE, b * ONE, c * ONE, d * ONE));
        int alike = 0;
        for (int x = 4; x < coded.cols(); x += 8) {
            for (int y = 4; y < coded.rows(); y += 8) {
                int column = a * x + c * y + (a + c < 0 ? shown.cols() - 1 : 0);
                int row = b * x + d * y + (b + d < 0 ? shown.rows() - 1 : 0);
                alike += alike(pixel(coded, x, y), pixel(shown, column, row)) ? 1 : 0;
            }
        }
        assertThat(alike).isGreaterThan(40 * 30 * 9 / 10);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "90,1", "180,2", "270,3"})
    void picturesAreTurnedClockwiseByTheSettings(int degrees, int quarters) throws IOException {
        VideoAddress clip = file("clip.mp4", withMatrix(Video.bytes("rotated90.mp4"), ONE, 0, 0, ONE));
        Mat expected = first(clip, PICTURES);
        for (int quarter = 0; quarter < quarters; quarter++) {
            Mat turned = new Mat();
            opencv_core.rotate(expected, turned, opencv_core.ROTATE_90_CLOCKWISE);
            expected = turned;
        }
        Mat shown = first(clip, PICTURES.withRotate(degrees));
        assertThat(List.of(shown.cols(), shown.rows())).isEqualTo(List.of(expected.cols(), expected.rows()));
        assertThat(opencv_core.norm(shown, expected, opencv_core.NORM_L1, new Mat())
                / shown.total() / 3).isLessThan(3);
    }

    @Test
    void largePicturesAreScaledDownIntoTheWantedSize() throws IOException {
        VideoAddress clip = new VideoAddress.File(DemoClip.path());
        Mat shown = first(clip, PICTURES.withSize(new PictureSize(640, 360)));
        assertThat(List.of(shown.cols(), shown.rows())).isEqualTo(List.of(480, 360));
        Mat same = first(clip, PICTURES.withSize(new PictureSize(1280, 720)));
        assertThat(same.cols()).isEqualTo(768);
    }

    @Test
    void theWantedSizeIsThatOfTheTurnedPicture() throws IOException {
        Mat shown = first(new VideoAddress.File(DemoClip.path()),
                PICTURES.withRotate(90).withSize(new PictureSize(288, 1000)));
        assertThat(List.of(shown.cols(), shown.rows())).isEqualTo(List.of(288, 384));
    }

    private void assertSize(byte[] video, int width, int height) throws IOException {
        Mat picture = first(video);
        assertThat(picture.cols()).isEqualTo(width);
        assertThat(picture.rows()).isEqualTo(height);
    }

    /** The first published picture; asserts that its announced size is the size of its pixels. */
    private Mat first(byte[] video) throws IOException {
        return first(file("clip.mp4", video), PICTURES);
    }

    private static Mat first(VideoAddress video, Pictures pictures) {
        try (VideoSource source = Video.open(video, pictures)) {
            Shot shot = Video.shots(source).getFirst();
            Mat pixels = opencv_imgcodecs.imdecode(new Mat(new BytePointer(shot.jpeg())),
                    opencv_imgcodecs.IMREAD_COLOR);
            assertThat(pixels.cols()).isEqualTo(shot.width());
            assertThat(pixels.rows()).isEqualTo(shot.height());
            return pixels;
        }
    }

    private VideoAddress file(String name, byte[] content) throws IOException {
        return Video.file(folder, name, content);
    }

    private int people(PeopleDetector detector, VideoAddress address) {
        try (VideoSource video = Video.open(address, 2)) {
            return Video.shots(video).stream().limit(12)
                    .mapToInt(shot -> detector.detect(shot.jpeg(), "phone").objects().size()).sum();
        }
    }

    private static boolean alike(byte[] here, byte[] there) {
        return IntStream.range(0, 3).allMatch(i -> Math.abs((here[i] & 0xFF) - (there[i] & 0xFF)) < 40);
    }

    private static byte[] pixel(Mat picture, int x, int y) {
        byte[] colours = new byte[3];
        picture.ptr(y, x).get(colours);
        return colours;
    }

    private static byte[] withMatrix(byte[] mp4, int a, int b, int c, int d) {
        byte[] turned = mp4.clone();
        int at = new String(mp4, StandardCharsets.ISO_8859_1).indexOf("tkhd") + MATRIX;
        ByteBuffer.wrap(turned, at, 36).putInt(a).putInt(b).putInt(0).putInt(c).putInt(d).putInt(0);
        return turned;
    }
}
