package framebuffer.vision.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.vision.camera.ClipPictures;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The face is a photograph, pasted into pictures of the clip at a given place and size. */
class FaceDetectorTest {
    private final FaceDetector detector = new FaceDetector();

    @AfterEach
    void close() {
        detector.close();
    }

    private static byte[] street() {
        return ClipPictures.first(1, 1).getFirst();
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 80", "680, 480, 80", "300, 200, 120", "360, 150, 400"})
    void aFaceIsFoundWhereItIs(int x, int y, int size) {
        List<Detection> faces = detector.detect(Drawn.withFace(street(), x, y, size), "c").objects();
        assertThat(faces).singleElement().satisfies(face -> assertIsFace(face, x, y, size));
    }

    @Test
    void facesBesideEachOtherAreSeveral() {
        byte[] picture = Drawn.withFace(Drawn.withFace(street(), 100, 200, 120), 400, 200, 120);
        assertThat(detector.detect(picture, "c").objects()).hasSize(2);
    }

    @Test
    void inALargePictureTheBoxIsInItsOwnPixels() {
        byte[] picture = Drawn.withFace(Drawn.enlarged(street(), 3840, 2160), 2000, 1000, 600);
        Detections found = detector.detect(picture, "c");
        assertThat(found.width()).isEqualTo(3840);
        assertThat(found.objects()).singleElement().satisfies(face -> assertIsFace(face, 2000, 1000, 600));
    }

    /** The eyes and the mouth of the photograph lie in its middle half. */
    private static void assertIsFace(Detection face, int x, int y, int size) {
        assertThat(face.label()).isEqualTo("face");
        assertThat(face.score()).isBetween(0.5, 1.0);
        assertThat(face.x() + face.width() / 2.0).isBetween(x + size * 0.4, x + size * 0.65);
        assertThat(face.y() + face.height() / 2.0).isBetween(y + size * 0.4, y + size * 0.65);
        assertThat(face.width() / (double) size).isBetween(0.35, 0.65);
    }

    @Test
    void aStreetWithPeopleFarAwayShowsNoFace() {
        assertThat(ClipPictures.first(20, 1))
                .allSatisfy(picture -> assertThat(detector.detect(picture, "c").objects()).isEmpty());
    }

    @Test
    void aFaceSmallerThanTheSmallestIsNotFound() {
        assertThat(detector.detect(Drawn.withFace(street(), 300, 200, FaceDetector.SMALLEST), "c").objects())
                .isEmpty();
    }

    @Test
    void picturesInParallelAreAnalysedAsOneByOne() {
        List<byte[]> pictures = IntStream.range(0, 8)
                .mapToObj(i -> Drawn.withFace(street(), 80 * i, 40 * i, 100 + 10 * i)).toList();
        List<Detections> oneByOne = pictures.stream().map(picture -> detector.detect(picture, "c")).toList();
        List<Detections> together = pictures.parallelStream().map(picture -> detector.detect(picture, "c")).toList();
        assertThat(together).isEqualTo(oneByOne);
    }

    @Test
    void aTinyPictureShowsNobody() {
        assertThat(detector.detect(Drawn.tiny(), "c")).isEqualTo(new Detections(List.of(), 16, 12));
    }

    @Test
    void whatIsNoPictureIsRefused() {
        assertThatThrownBy(() -> detector.detect(new byte[100], "c")).isInstanceOf(UndecodablePicture.class);
    }
}
