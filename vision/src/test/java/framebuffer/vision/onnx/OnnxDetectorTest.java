package framebuffer.vision.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.testkit.OnnxFile;
import framebuffer.vision.detect.Detection;
import framebuffer.vision.detect.Detections;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** With models that the test writes: their boxes are constant, or their scores are the mean colours of the picture. */
class OnnxDetectorTest {
    private static final List<Integer> INPUT = List.of(-1, 3, 64, 64);
    private static final int LABELS = 3;
    /** Centre, width, height, score and label of each box. The second shows the same object as the first, the third is not confident. */
    private static final float[][] BOXES = {{32, 32, 20, 10, 0.9f, 1}, {33, 32, 20, 10, 0.8f, 1},
            {10, 32, 5, 5, 0.1f, 0}, {32, 32, 20, 10, 0.7f, 2}, {60, 40, 20, 10, 0.6f, 0}, {32, 5, 20, 6, 0.9f, 0},
            {5, 5, 5, 5, 0, 0},
            {5, 5, 5, 5, 0, 0}};

    @TempDir
    Path folder;

    private OnnxFiles files(OnnxFile model, @Nullable Integer inputSize) throws IOException {
        return new OnnxFiles(model.write(folder.resolve("tiny.onnx")), labels("red\ngreen\nblue\n"), inputSize);
    }

    private Path labels(String text) throws IOException {
        return Files.writeString(folder.resolve("labels.txt"), text);
    }

    private OnnxDetector detector(OnnxFile model, int batch) throws IOException {
        return OnnxDetector.open(files(model, null), Thresholds.DEFAULT,
                new Execution(Execution.Provider.CPU, 1, batch));
    }

    private static byte[] picture(int width, int height, int red, int green, int blue) {
        try (PointerScope _ = new PointerScope()) {
            BytePointer file = new BytePointer();
            opencv_imgcodecs.imencode(".png",
                    new Mat(height, width, opencv_core.CV_8UC3, new Scalar(blue, green, red, 0)), file);
            byte[] bytes = new byte[(int) file.limit()];
            file.get(bytes);
            return bytes;
        }
    }

    private static OnnxFile boxes(OutputLayout layout) {
        int channels = switch (layout) {
            case CHANNELS_FIRST, BOXES_FIRST -> 4 + LABELS;
            case OBJECTNESS -> 5 + LABELS;
            case END_TO_END -> 6;
        };
        float[] base = new float[BOXES.length * channels];
        for (int box = 0; box < BOXES.length; box++) {
            float[] values = values(layout, BOXES[box], channels);
            for (int channel = 0; channel < channels; channel++) {
                base[layout == OutputLayout.CHANNELS_FIRST
                        ? channel * BOXES.length + box
                        : box * channels + channel] = values[channel];
            }
        }
        return OnnxFile.constant(INPUT, layout == OutputLayout.CHANNELS_FIRST
                ? List.of(channels, BOXES.length)
                : List.of(BOXES.length, channels), base);
    }

    private static float[] values(OutputLayout layout, float[] box, int channels) {
        if (layout == OutputLayout.END_TO_END) {
            return new float[]{box[0] - box[2] / 2, box[1] - box[3] / 2, box[0] + box[2] / 2, box[1] + box[3] / 2,
                    box[4], box[5]};
        }
        float[] values = new float[channels];
        System.arraycopy(box, 0, values, 0, 4);
        if (layout == OutputLayout.OBJECTNESS) {
            values[4] = box[4];
        }
        values[channels - LABELS + (int) box[5]] = layout == OutputLayout.OBJECTNESS ? 1 : box[4];
        return values;
    }

    @ParameterizedTest
    @EnumSource
    void theBoxesOfEachLayoutAreFoundInThePixelsOfThePicture(OutputLayout layout) throws IOException {
        try (OnnxDetector detector = detector(boxes(layout), 1)) {
            // 128×64 becomes 64×32 with 16 rows of grey above, where the last box lies.
            Detections found = detector.detect(picture(128, 64, 90, 90, 90), "c");
            List<Detection> expected = new ArrayList<>(List.of(new Detection("green", 0.9f, 44, 22, 40, 20),
                    new Detection("blue", 0.7f, 44, 22, 40, 20), new Detection("red", 0.6f, 100, 38, 28, 20)));
            if (layout == OutputLayout.END_TO_END) {
                expected.add(1, new Detection("green", 0.8f, 46, 22, 40, 20));
            }
            assertThat(found.objects()).isEqualTo(expected);
            assertThat(found.width()).isEqualTo(128);
            assertThat(found.height()).isEqualTo(64);
        }
    }

    /** One box whose scores are the mean colours. */
    private static OnnxFile colours(List<Integer> input) {
        float[][] weights = new float[3][4 + LABELS];
        for (int colour = 0; colour < LABELS; colour++) {
            weights[colour][4 + colour] = 1;
        }
        return new OnnxFile(input, List.of(1, 4 + LABELS), new float[]{32, 32, 20, 10, 0, 0, 0}, weights);
    }

    private static String label(OnnxDetector detector, byte[] picture) {
        return detector.detect(picture, "c").objects().getFirst().label();
    }

    @Test
    void theColoursOfThePictureReachTheModelInTheirOrder() throws IOException {
        try (OnnxDetector detector = detector(colours(INPUT), 1)) {
            assertThat(label(detector, picture(64, 64, 200, 50, 50))).isEqualTo("red");
            assertThat(label(detector, picture(64, 64, 50, 200, 50))).isEqualTo("green");
            assertThat(label(detector, picture(640, 480, 50, 50, 200))).isEqualTo("blue");
        }
    }

    @ParameterizedTest
    @CsvSource({"-1, 3", "4, 3", "3, 3", "4, 4"})
    void eachPictureOfABatchGetsItsOwnObjects(int slots, int batch) throws IOException {
        List<byte[]> pictures = List.of(picture(64, 64, 200, 50, 50), picture(128, 64, 50, 200, 50),
                picture(64, 32, 50, 50, 200));
        try (OnnxDetector detector = detector(colours(List.of(slots, 3, 64, 64)), batch)) {
            assertThat(detector.batch()).isEqualTo(batch);
            for (int round = 0; round < 5; round++) {
                List<CompletableFuture<String>> labels = pictures.stream()
                        .map(picture -> aside(detector, picture)).toList();
                assertThat(labels).extracting(CompletableFuture::join).containsExactly("red", "green", "blue");
            }
        }
    }

    private static CompletableFuture<String> aside(OnnxDetector detector, byte[] picture) {
        return CompletableFuture.supplyAsync(() -> label(detector, picture), Thread.ofPlatform().daemon()::start);
    }

    @Test
    void aPictureOnWhichTheModelFailsDoesNotChargeItsNeighbours() throws IOException {
        try (OnnxDetector detector = detector(colours(INPUT), 3)) {
            CompletableFuture<String> white = aside(detector, picture(64, 64, 255, 255, 255));
            assertThat(aside(detector, picture(64, 64, 50, 200, 50)).join()).isEqualTo("green");
            assertThat(aside(detector, picture(64, 64, 50, 50, 200)).join()).isEqualTo("blue");
            assertThatThrownBy(white::join).hasMessageContaining("the model failed");
        }
    }

    @Test
    void aModelWithAnOpenSizeGetsPicturesOfTheSizeAsked() throws IOException {
        OnnxFile open = colours(List.of(1, 3, -1, -1));
        try (OnnxDetector detector = OnnxDetector.open(files(open, 320), Thresholds.DEFAULT, Execution.DEFAULT)) {
            assertThat(detector.detect(picture(640, 640, 200, 9, 9), "c").objects()).singleElement()
                    .satisfies(object -> assertThat(object.x()).isEqualTo(44));
        }
    }

    @Test
    void aModelThatEndsByItselfMayFindClassesWithoutALabel() throws IOException {
        OnnxFile model = OnnxFile.constant(INPUT, List.of(1, 6), new float[]{10, 10, 20, 20, 0.5f, 7});
        try (OnnxDetector detector = detector(model, 1)) {
            assertThat(detector.detect(picture(64, 64, 9, 9, 9), "c").objects())
                    .containsExactly(new Detection("class_7", 0.5f, 10, 10, 10, 10));
        }
    }

    @Test
    void aModelThatDoesNotFitItsLabelsIsRefused() throws IOException {
        OnnxFile model = boxes(OutputLayout.CHANNELS_FIRST);
        OnnxFiles files = new OnnxFiles(model.write(folder.resolve("tiny.onnx")), labels("a\nb\n"), null);
        assertRefused(files, Execution.DEFAULT, "tiny.onnx does not fit 2 labels", "output0 [1, 7, 8]",
                "[batch, 4 + labels, boxes]", "[batch, boxes, 6]");
    }

    @Test
    void aFileThatIsNoModelIsRefused() throws IOException {
        Path labels = labels("a\n");
        Path text = Files.writeString(folder.resolve("text.onnx"), "no model");
        assertRefused(new OnnxFiles(text, labels, null), Execution.DEFAULT, "cannot load the model text.onnx");
        Path empty = Files.createFile(folder.resolve("empty.onnx"));
        assertRefused(new OnnxFiles(empty, labels, null), Execution.DEFAULT, "cannot load the model empty.onnx");
        assertRefused(new OnnxFiles(folder.resolve("none.onnx"), labels, null), Execution.DEFAULT,
                "there is no model");
        assertRefused(new OnnxFiles(folder, labels, null), Execution.DEFAULT, "there is no model");
    }

    @Test
    void anInputThatIsNotPicturesIsRefused() throws IOException {
        OnnxFiles files = files(colours(INPUT), null);
        colours(INPUT).writeWithTwoInputs(files.model());
        assertRefused(files, Execution.DEFAULT, "has 2 inputs");
        colours(List.of(1, 64, 64, 3)).writeWithInputOf(1, files.model());
        assertRefused(files, Execution.DEFAULT,
                "has the input images [1, 64, 64, 3] of float; understood is one input [batch, 3, height, width] of float");
        colours(INPUT).writeWithInputOf(2, files.model());
        assertRefused(files, Execution.DEFAULT, "has the input images [?, 3, 64, 64] of uint8");
    }

    @Test
    void aBatchOrASizeThatTheModelDoesNotTakeIsRefused() throws IOException {
        OnnxFiles one = files(colours(List.of(1, 3, 64, 64)), null);
        assertRefused(one, new Execution(Execution.Provider.CPU, 0, 4), "batch must not be 4",
                "takes 1 picture at once");
        assertRefused(new OnnxFiles(one.model(), one.labels(), 640), Execution.DEFAULT,
                "input-size must not be 640: the model tiny.onnx takes pictures of 64 pixels only");
        assertRefused(files(colours(List.of(-1, 3, -1, -1)), 4096), new Execution(Execution.Provider.CPU, 0, 64),
                "batch must not be 64", "more than 1 GiB");
    }

    @Test
    void cudaIsRefusedWhereThereIsNone() throws IOException {
        assertRefused(files(colours(INPUT), null), new Execution(Execution.Provider.CUDA, 0, 1),
                "provider must not be cuda");
    }

    private static void assertRefused(OnnxFiles files, Execution execution, String... words) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OnnxDetector.open(files, Thresholds.DEFAULT, execution).close())
                .satisfies(refused -> assertThat(refused.getMessage()).contains(words).doesNotContain("\n"));
    }
}
