package framebuffer.app.detect;

import framebuffer.app.config.Setting;
import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Essential;
import framebuffer.app.help.OptionGroup;
import framebuffer.vision.detect.Detector;
import framebuffer.vision.onnx.Execution;
import framebuffer.vision.onnx.OnnxDetector;
import framebuffer.vision.onnx.OnnxFiles;
import framebuffer.vision.onnx.Thresholds;
import framebuffer.wire.text.NearestName;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of one detector that only its kind has. */
@OptionGroup("Model, only for the kind onnx")
public final class DetectorOptions {
    /** No option is set: each has its default. */
    public static final DetectorOptions NONE = new DetectorOptions();

    /** The options of the kind {@code onnx}. */
    static final Set<String> OF_ONNX = Set.of("model", "labels", "input-size", "min-score", "iou", "batch", "provider",
            "threads");

    @Essential
    @Option(names = "--model", paramLabel = "FILE", description = "The model in the form of ONNX, with an output like that of YOLO (docs/detectors.md). Only for onnx, which needs it.")
    private @Nullable Path model;

    @Essential
    @Option(names = "--labels", paramLabel = "FILE", description = "Names of the model's classes: a text file, one per line, in the order of the model. Only for onnx, which needs it.")
    private @Nullable Path labels;

    @ValueRange(least = "32", most = "4096")
    @Option(names = "--input-size", paramLabel = "PIXELS", description = "Width and height to which pictures are scaled for the model. Only for onnx. Default: the size of the model; 640 where the model leaves it open.")
    private @Nullable Integer inputSize;

    @ValueRange(least = "0", most = "1")
    @Option(names = "--min-score", paramLabel = "N", defaultValue = "0.25", description = "Least confidence of an object. Only for onnx. Default: ${DEFAULT-VALUE}.")
    private double minScore = Thresholds.DEFAULT.minScore();

    @ValueRange(least = "0", most = "1")
    @Option(names = "--iou", paramLabel = "N", defaultValue = "0.45", description = "Two boxes with the same label whose intersection is more than this part of their union show one object. Only for onnx. Default: ${DEFAULT-VALUE}.")
    private double iou = Thresholds.DEFAULT.overlap();

    @ValueRange(least = "1", most = "64")
    @Option(names = "--batch", paramLabel = "FRAMES", defaultValue = "1", description = "Maximum number of frames in one run of the model; a frame waits at most 20 ms for others. Only for onnx. Default: ${DEFAULT-VALUE}.")
    private int batch = Execution.DEFAULT.batch();

    @Option(names = "--provider", paramLabel = "NAME", defaultValue = "auto", description = "What runs the model: cpu, cuda, or auto: CUDA where it is present. Only for onnx. Default: ${DEFAULT-VALUE}.")
    private Execution.Provider provider = Execution.DEFAULT.provider();

    @ValueRange(least = "0", most = "256")
    @Option(names = "--threads", paramLabel = "N", defaultValue = "0", description = "Number of threads of one run of the model; 0: one for each core. Only for onnx. Default: ${DEFAULT-VALUE}.")
    private int threads = Execution.DEFAULT.threads();

    /**
     * The options of a detector that a file describes.
     *
     * @param values by the name of the option, as the command {@code detector} has it, without the leading hyphens
     * @throws IllegalArgumentException when the kind has no such option, or the option has no such value; the message is one line
     */
    public static DetectorOptions of(DetectorKind kind, Map<String, String> values) {
        for (String name : values.keySet()) {
            if (!kind.options().contains(name)) {
                throw new IllegalArgumentException("detector " + kind.word() + " has no option " + name
                        + NearestName.to(name, kind.options()).map(near -> "; did you mean " + near + "?").orElse(""));
            }
        }
        DetectorOptions options = new DetectorOptions();
        Setting.assign(options, values);
        if (kind == DetectorKind.ONNX) {
            options.files();
        }
        return options;
    }

    /** Loads the model. */
    Detector onnx() {
        return OnnxDetector.open(files(), new Thresholds(minScore, iou), new Execution(provider, threads, batch));
    }

    private OnnxFiles files() {
        if (model == null || labels == null) {
            throw new IllegalArgumentException(
                    "detector onnx needs the option " + (model == null ? "model" : "labels"));
        }
        return new OnnxFiles(model, labels, inputSize);
    }
}
