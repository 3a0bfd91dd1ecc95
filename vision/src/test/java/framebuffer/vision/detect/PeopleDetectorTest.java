package framebuffer.vision.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.vision.camera.ClipPictures;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeopleDetectorTest {
    private final PeopleDetector detector = new PeopleDetector();

    @AfterEach
    void close() {
        detector.close();
    }

    @Test
    void peopleAreFoundInNearlyEveryPictureOfTheClip() {
        List<Detections> found = ClipPictures.first(10, 0.5).stream().map(p -> detector.detect(p, "c")).toList();
        assertThat(found).filteredOn(d -> !d.objects().isEmpty()).hasSizeGreaterThanOrEqualTo(9);
        assertThat(found).allSatisfy(d -> assertThat(d.objects()).hasSizeLessThan(12)
                .allSatisfy(o -> assertThat(o.label()).isEqualTo("person"))
                .allSatisfy(o -> assertThat(o.score()).isBetween(0.0, 1.0))
                .allSatisfy(o -> assertThat(o.x() + o.width()).isBetween(1, d.width()))
                .allSatisfy(o -> assertThat(o.height()).isGreaterThan(o.width())));
    }

    @Test
    void onePersonIsOneBox() {
        for (byte[] picture : ClipPictures.first(5, 0.5)) {
            List<Detection> people = detector.detect(picture, "c").objects();
            assertThat(people).allSatisfy(
                    one -> assertThat(people).filteredOn(other -> !other.equals(one) && one.shows(other)).isEmpty());
        }
    }

    @Test
    void aWallIsNobody() {
        assertThat(detector.detect(Drawn.plain(128), "c").objects()).isEmpty();
    }

    @Test
    void aPictureSmallerThanAPersonShowsNobody() {
        assertThat(detector.detect(Drawn.tiny(), "c")).isEqualTo(new Detections(List.of(), 16, 12));
    }

    @Test
    void whatIsNoPictureIsSaidSo() {
        assertThatThrownBy(() -> detector.detect("no picture".getBytes(java.nio.charset.StandardCharsets.UTF_8), "c"))
                .isInstanceOf(UndecodablePicture.class);
        assertThatThrownBy(() -> detector.detect(new byte[0], "c")).isInstanceOf(UndecodablePicture.class);
    }
}
