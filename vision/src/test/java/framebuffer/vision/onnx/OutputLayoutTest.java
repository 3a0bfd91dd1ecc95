package framebuffer.vision.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutputLayoutTest {

    private static long[] shape(String text) {
        return Arrays.stream(text.split("x")).mapToLong(Long::parseLong).toArray();
    }

    @ParameterizedTest
    @CsvSource({"1x84x8400, 80, CHANNELS_FIRST", "1x5x8400, 1, CHANNELS_FIRST", "1x6x8400, 2, CHANNELS_FIRST",
            "4x84x8400, 80, CHANNELS_FIRST", "1x8400x84, 80, BOXES_FIRST", "1x25200x85, 80, OBJECTNESS",
            "1x300x6, 80, END_TO_END", "1x300x6, 1, END_TO_END", "1x300x6, 2, END_TO_END", "1x0x6, 80, END_TO_END",
            "1x8400x6, 2, BOXES_FIRST", "1x25200x6, 1, OBJECTNESS", "1x84x6, 80, END_TO_END"})
    void theShapeAndTheNumberOfLabelsSayHowAnOutputIsRead(String shape, int labels, OutputLayout layout) {
        assertThat(OutputLayout.of(shape(shape), labels)).contains(layout);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1x84x8400", "1x8400x84", "1x25200x85", "84x8400", "1x3x80x80x85", "1x1000"})
    void aShapeThatFitsNoLayoutWithTheseLabelsIsNotRead(String shape) {
        assertThat(OutputLayout.of(shape(shape), 7)).isEmpty();
    }

    @Test
    void theLabelIsThatOfTheBestScore() {
        float[] box = {10, 20, 4, 6, 0.1f, 0.7f, 0.3f};
        assertThat(OutputLayout.BOXES_FIRST.candidates(box, 3, 0.5)).singleElement()
                .isEqualTo(new Candidate(1, 0.7f, new Box(8, 17, 12, 23)));
        assertThat(OutputLayout.BOXES_FIRST.candidates(box, 3, 0.71)).isEmpty();
    }

    @Test
    void anObjectnessReducesTheScoreOfTheLabel() {
        float[] box = {10, 20, 4, 6, 0.5f, 0.1f, 0.8f};
        assertThat(OutputLayout.OBJECTNESS.candidates(box, 2, 0.39)).singleElement()
                .isEqualTo(new Candidate(1, 0.8f * 0.5, new Box(8, 17, 12, 23)));
        assertThat(OutputLayout.OBJECTNESS.candidates(box, 2, 0.41)).isEmpty();
        assertThat(OutputLayout.OBJECTNESS.candidates(box, 2, 0.51)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0, -5})
    void aBoxWithoutARealSizeIsNoObject(float width) {
        assertThat(OutputLayout.BOXES_FIRST.candidates(new float[]{10, 20, width, 6, 0.9f}, 1, 0.1)).isEmpty();
        assertThat(OutputLayout.END_TO_END.candidates(new float[]{10, 20, 10 + width, 26, 0.9f, 0}, 1, 0.1)).isEmpty();
    }

    @Test
    void aScoreThatIsNotANumberIsNoObject() {
        assertThat(OutputLayout.BOXES_FIRST.candidates(new float[]{10, 20, 4, 6, Float.NaN}, 1, 0)).isEmpty();
        assertThat(OutputLayout.OBJECTNESS.candidates(new float[]{10, 20, 4, 6, Float.NaN, 1}, 1, 0.1)).isEmpty();
    }
}
