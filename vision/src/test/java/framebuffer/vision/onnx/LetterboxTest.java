package framebuffer.vision.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class LetterboxTest {
    private static final float GREY = 114 / 255f;

    private static Letterbox any(RepetitionInfo run) {
        Random random = new Random(run.getCurrentRepetition());
        return Letterbox.of(new Extent(1 + random.nextInt(4000), 1 + random.nextInt(4000)),
                new Extent(32 * (1 + random.nextInt(40)), 32 * (1 + random.nextInt(40))));
    }

    @RepeatedTest(500)
    void thePictureFillsTheInputInOneDirectionAndLiesInTheMiddle(RepetitionInfo run) {
        Letterbox any = any(run);
        assertThat(any.width() == any.input().width() || any.height() == any.input().height()).isTrue();
        int right = any.input().width() - any.left() - any.width();
        int bottom = any.input().height() - any.top() - any.height();
        assertThat(any.left()).isBetween(0, right).isGreaterThanOrEqualTo(right - 1);
        assertThat(any.top()).isBetween(0, bottom).isGreaterThanOrEqualTo(bottom - 1);
    }

    @RepeatedTest(500)
    void thePictureKeepsItsProportions(RepetitionInfo run) {
        Letterbox any = any(run);
        double scale = Math.min(any.input().width() / (double) any.picture().width(),
                any.input().height() / (double) any.picture().height());
        // A line of half a pixel is still one pixel.
        assertThat((double) any.width()).isCloseTo(any.picture().width() * scale, within(1.0));
        assertThat((double) any.height()).isCloseTo(any.picture().height() * scale, within(1.0));
    }

    @RepeatedTest(500)
    void aBoxOfThePictureComesBackWhereItWas(RepetitionInfo run) {
        Letterbox any = any(run);
        Random random = new Random(run.getCurrentRepetition());
        double x = random.nextDouble() * any.picture().width();
        double y = random.nextDouble() * any.picture().height();
        double across = any.width() / (double) any.picture().width();
        double down = any.height() / (double) any.picture().height();
        Box inInput = new Box(any.left(), any.top(), any.left() + x * across, any.top() + y * down);
        Box back = any.inPicture(inInput);
        assertThat(back.left()).isCloseTo(0, within(1e-6));
        assertThat(back.top()).isCloseTo(0, within(1e-6));
        assertThat(back.right()).isCloseTo(x, within(1e-6));
        assertThat(back.bottom()).isCloseTo(y, within(1e-6));
    }

    @Test
    void theInputIsRedThenGreenThenBlueWithGreyAround() {
        try (PointerScope _ = new PointerScope()) {
            Mat orange = new Mat(4, 8, opencv_core.CV_8UC3, new Scalar(0, 102, 255, 0));
            FloatPointer input = Letterbox.of(new Extent(8, 4), new Extent(16, 16)).paint(orange);
            float[] values = new float[3 * 16 * 16];
            input.get(values);
            for (int y = 0; y < 16; y++) {
                boolean inside = y >= 4 && y < 12;
                int at = y * 16 + 5;
                assertThat(values[at]).isCloseTo(inside ? 1 : GREY, within(1e-3f));
                assertThat(values[256 + at]).isCloseTo(inside ? 0.4f : GREY, within(1e-3f));
                assertThat(values[512 + at]).isCloseTo(inside ? 0 : GREY, within(1e-3f));
            }
        }
    }
}
