package framebuffer.app.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import framebuffer.vision.detect.Detector;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DetectorKindTest {

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ONNX")
    void aKindOffersTheCapabilityOfItsDetector(DetectorKind kind) {
        try (Detector detector = kind.make(DetectorOptions.NONE)) {
            assertThat(detector.capability()).isEqualTo(kind.capability());
        }
        assertThat(DetectorKind.named(kind.word())).isEqualTo(kind);
    }

    @Test
    void anUnknownKindIsAnsweredWithTheNearestOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> DetectorKind.named("poeple"))
                .withMessage("there is no kind of detector poeple; did you mean people?");
        assertThatIllegalArgumentException().isThrownBy(() -> DetectorKind.named("dinosaurs"))
                .withMessageContaining("known are people, faces, motion, tampering, onnx");
    }

    @Test
    void anOptionOfAnotherKindIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DetectorOptions.of(DetectorKind.MOTION, Map.of("model", "m.onnx")))
                .withMessage("detector motion has no option model");
    }
}
