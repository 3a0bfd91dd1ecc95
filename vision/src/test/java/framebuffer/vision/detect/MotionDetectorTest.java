package framebuffer.vision.detect;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.vision.camera.ClipPictures;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MotionDetectorTest {
    private final MotionDetector detector = new MotionDetector();

    @AfterEach
    void close() {
        detector.close();
    }

    @Test
    void whatMovesIsFoundOnceTheBackgroundIsKnown() {
        List<Detections> found = look("yard", ClipPictures.first(30, 5));
        assertThat(found.subList(0, MotionDetector.WARM_UP)).allSatisfy(d -> assertThat(d.objects()).isEmpty());
        assertThat(found.subList(15, 30)).allSatisfy(d -> assertThat(d.objects()).isNotEmpty().hasSizeLessThan(20)
                .allSatisfy(o -> assertThat(o.x() + o.width()).isLessThanOrEqualTo(d.width())));
    }

    @Test
    void aStillPictureShowsNothing() {
        List<Detections> found = look("yard", Collections.nCopies(12, ClipPictures.first(1, 1).getFirst()));
        assertThat(found).allSatisfy(d -> assertThat(d.objects()).isEmpty());
    }

    @Test
    void eachCameraHasABackgroundOfItsOwn() {
        look("a", Collections.nCopies(8, Drawn.plain(40)));
        assertThat(look("b", Collections.nCopies(8, Drawn.plain(200))).getLast().objects()).isEmpty();
        assertThat(look("a", List.of(Drawn.plain(200))).getFirst().objects()).hasSize(1);
    }

    @Test
    void aCameraNotSeenForLongIsForgotten() {
        look("old", Collections.nCopies(8, Drawn.plain(40)));
        for (int i = 0; i < MotionDetector.MAX_CAMERAS; i++) {
            look("camera-" + i, List.of(Drawn.plain(40)));
        }
        assertThat(look("old", List.of(Drawn.plain(200))).getFirst().objects()).isEmpty();
    }

    private List<Detections> look(String camera, List<byte[]> pictures) {
        return pictures.stream().map(picture -> detector.detect(picture, camera)).toList();
    }
}
