package framebuffer.vision.detect;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.vision.camera.ClipPictures;
import org.junit.jupiter.api.Test;

class TamperingDetectorTest {
    private final TamperingDetector detector = new TamperingDetector();

    @Test
    void aCameraInOrderHasNoFault() {
        assertThat(ClipPictures.first(20, 1))
                .allSatisfy(picture -> assertThat(detector.detect(picture, "c").objects()).isEmpty());
    }

    @Test
    void aBlackPictureIsTooDark() {
        Detections found = detector.detect(Drawn.plain(0), "c");
        assertThat(found.objects()).containsExactly(new Detection("too_dark", 1, 0, 0, 320, 240));
    }

    @Test
    void aWhitePictureIsTooBright() {
        Detections found = detector.detect(Drawn.plain(255), "c");
        assertThat(found.objects()).containsExactly(new Detection("too_bright", 1, 0, 0, 320, 240));
    }

    @Test
    void aPictureOutOfFocusIsBlurred() {
        Detections found = detector.detect(Drawn.blurred(ClipPictures.first(1, 1).getFirst()), "c");
        assertThat(found.objects()).extracting(Detection::label).containsExactly("blurred");
        assertThat(found.objects().getFirst().score()).isGreaterThan(0.6);
    }

    @Test
    void aCoveredCameraIsBlurred() {
        assertThat(detector.detect(Drawn.plain(90), "c").objects()).extracting(Detection::label)
                .containsExactly("blurred");
    }
}
