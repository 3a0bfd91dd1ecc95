package framebuffer.app.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import framebuffer.testkit.CommandOutput;
import framebuffer.testkit.OnnxFile;
import framebuffer.vision.detect.Detector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DetectorOptionsTest {
    @TempDir
    private Path folder;
    private final Map<String, String> options = new HashMap<>();

    @BeforeEach
    void writeModel() throws IOException {
        Path model = OnnxFile.constant(List.of(-1, 3, 32, 32), List.of(1, 6), new float[6])
                .write(folder.resolve("tiny.onnx"));
        options.put("model", model.toString());
        options.put("labels", Files.writeString(folder.resolve("labels.txt"), "a\nb\n").toString());
    }

    @Test
    void theOptionsOfAFileMakeADetector() {
        options.putAll(Map.of("batch", "4", "provider", "cpu", "min-score", "0.5", "iou", "1", "threads", "1"));
        try (Detector detector = DetectorKind.ONNX.make(DetectorOptions.of(DetectorKind.ONNX, options))) {
            assertThat(detector.capability()).isEqualTo(DetectorKind.ONNX.capability());
            assertThat(detector.batch()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"batch | 0 | batch must be a whole number from 1 to 64, not 0",
            "batch | many | batch must be a whole number from 1 to 64, not many",
            "min-score | 1.5 | min-score must be a number from 0 to 1, not 1.5",
            "input-size | 20 | from 32 to 4096, not 20", "provider | gpu | gpu",
            "min_score | 0.5 | detector onnx has no option min_score; did you mean min-score?",
            "capacity | 5 | detector onnx has no option capacity"})
    void anOptionThatDoesNotFitIsRefused(String option, String value, String reason) {
        options.put(option, value);
        assertThatIllegalArgumentException().isThrownBy(() -> DetectorOptions.of(DetectorKind.ONNX, options))
                .withMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource({"model", "labels"})
    void aModelNeedsItsTwoFiles(String option) {
        options.remove(option);
        assertThatIllegalArgumentException().isThrownBy(() -> DetectorOptions.of(DetectorKind.ONNX, options))
                .withMessage("detector onnx needs the option " + option);
    }

    @Test
    void theCommandRefusesWhatDoesNotFitInOneLine() {
        String model = options.getOrDefault("model", "");
        CommandOutput.by("detector", "onnx").isOneLineWith("detector onnx needs the option model");
        CommandOutput.by("detector", "onnx", "--model", "none.onnx", "--labels", options.getOrDefault("labels", ""))
                .isOneLineWith("there is no model none.onnx");
        CommandOutput.by("detector", "people", "--model", model)
                .isOneLineWith("detector people has no option --model");
        CommandOutput.by("detector", "onnx", "--batch", "0").isOneLineWith("batch must be a whole number from 1 to 64");
        CommandOutput.by("detector", "onnx", "--model", model, "--labels", model)
                .isOneLineWith("is not UTF-8 text");
    }
}
