package framebuffer.vision.source;

import static framebuffer.vision.source.Orientation.UPRIGHT;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DisplayTest {
    private static final int ONE = 1 << 16;

    @Test
    void pixelsThatAreNotSquareStretchOrNarrowAPicture() {
        assertThat(Display.of(352, 576, 24 / 11.0, UPRIGHT)).isEqualTo(new Display(768, 576, UPRIGHT));
        assertThat(Display.of(720, 480, 8 / 9.0, UPRIGHT)).isEqualTo(new Display(640, 480, UPRIGHT));
    }

    @Test
    void anAspectThatIsUnknownOrImpossibleIsSquare() {
        for (double aspect : new double[]{0, Double.NaN, Double.POSITIVE_INFINITY, -1, 65_535, 1e-9}) {
            assertThat(Display.of(640, 480, aspect, UPRIGHT)).isEqualTo(new Display(640, 480, UPRIGHT));
        }
    }

    @Test
    void aMatrixTurnsByQuartersAndMirrors() {
        assertThat(Orientation.of(ONE, 0, 0, ONE)).isEqualTo(UPRIGHT);
        assertThat(Orientation.of(0, ONE, -ONE, 0)).as("a quarter to the right")
                .isEqualTo(new Orientation(true, true, false));
        assertThat(Orientation.of(-ONE, 0, 0, -ONE)).as("half a turn").isEqualTo(new Orientation(false, true, true));
        assertThat(Orientation.of(0, -ONE, ONE, 0)).as("a quarter to the left")
                .isEqualTo(new Orientation(true, false, true));
        assertThat(Orientation.of(-ONE, 0, 0, ONE)).as("mirrored").isEqualTo(new Orientation(false, true, false));
        assertThat(Orientation.of(0, ONE, ONE, 0)).as("rows to columns").isEqualTo(new Orientation(true, false, false));
    }

    @Test
    void aMatrixOfNothingLeavesAPictureAsItIs() {
        assertThat(Orientation.of(0, 0, 0, 0)).isEqualTo(UPRIGHT);
    }

    @Test
    void aSlantIsRoundedToAQuarterTurn() {
        assertThat(Orientation.of(ONE / 10, ONE, -ONE, ONE / 10)).isEqualTo(new Orientation(true, true, false));
        assertThat(Orientation.of(Integer.MIN_VALUE, 0, 0, Integer.MIN_VALUE))
                .isEqualTo(new Orientation(false, true, true));
    }
}
