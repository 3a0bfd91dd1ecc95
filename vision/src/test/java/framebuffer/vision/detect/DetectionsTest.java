package framebuffer.vision.detect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DetectionsTest {

    @Test
    void resultsCarryBoxesAndScores() {
        Detections found = new Detections(List.of(new Detection("a \"dog\"", 0.98765, 1, 2, 30, 40)), 768, 576);
        assertThat(found.json()).isEqualTo("{\"objects\":[{\"label\":\"a \\\"dog\\\"\",\"score\":0.988,"
                + "\"box\":[1,2,30,40]}],\"width\":768,\"height\":576}");
    }

    @Test
    void aBoxEndsWhereItsPictureEnds() {
        assertThat(new Detection("x", 1, -5, 90, 20, 20).within(100, 100))
                .isEqualTo(new Detection("x", 1, 0, 90, 15, 10));
    }

    @Test
    void boxesSideBySideShowTwoThings() {
        Detection left = new Detection("x", 1, 0, 0, 40, 80);
        assertThat(left.shows(new Detection("x", 1, 35, 0, 40, 80))).isFalse();
        assertThat(left.shows(new Detection("x", 1, 5, 5, 40, 80))).isTrue();
        assertThat(left.shows(new Detection("x", 1, 10, 10, 10, 10))).isTrue();
    }
}
