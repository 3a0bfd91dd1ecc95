package framebuffer.vision.onnx;

import framebuffer.vision.detect.Detection;
import framebuffer.vision.detect.Detections;
import framebuffer.vision.detect.Detector;
import framebuffer.vision.detect.Picture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.jspecify.annotations.Nullable;

/** Detects what a model of the user finds. Pictures of several cameras may share one run of the model. */
public final class OnnxDetector implements Detector {
    public static final String CAPABILITY = "object_detection";

    /** How long the first picture of a batch waits for others. A run of a small model takes longer. */
    private static final Duration BATCH_WAIT = Duration.ofMillis(20);

    private final InferenceSession model;
    private final Labels labels;
    private final Thresholds thresholds;
    private final int batch;
    private final @Nullable Batcher<FloatPointer, float[]> batches;

    private OnnxDetector(InferenceSession model, Labels labels, Thresholds thresholds, int batch) {
        this.model = model;
        this.labels = labels;
        this.thresholds = thresholds;
        this.batch = batch;
        this.batches = batch == 1 ? null : new Batcher<>(batch, BATCH_WAIT, model::run);
    }

    /**
     * Loads a model.
     *
     * @throws IllegalArgumentException when a file cannot be read, or the model is not one that is understood; the message is one line
     */
    public static OnnxDetector open(OnnxFiles files, Thresholds thresholds, Execution execution) {
        Labels labels = Labels.read(files.labels());
        return new OnnxDetector(InferenceSession.open(files, execution, labels.count()), labels, thresholds,
                execution.batch());
    }

    @Override
    public String capability() {
        return CAPABILITY;
    }

    @Override
    public int batch() {
        return batch;
    }

    @Override
    public Detections detect(byte[] picture, String cameraId) {
        try (PointerScope _ = new PointerScope()) {
            Mat pixels = Picture.colour(picture);
            Extent size = new Extent(pixels.cols(), pixels.rows());
            Letterbox letterbox = Letterbox.of(size, model.size());
            FloatPointer input = letterbox.paint(pixels);
            float[] output = batches == null ? model.run(List.of(input)).getFirst() : batches.run(input);
            return new Detections(detections(model.objects(output, thresholds), letterbox), size.width(),
                    size.height());
        }
    }

    private List<Detection> detections(List<Candidate> objects, Letterbox letterbox) {
        List<Detection> found = new ArrayList<>();
        for (Candidate object : objects) {
            Box box = letterbox.inPicture(object.box()).within(letterbox.picture().width(),
                    letterbox.picture().height());
            int left = (int) Math.round(box.left());
            int top = (int) Math.round(box.top());
            int width = (int) Math.round(box.right()) - left;
            int height = (int) Math.round(box.bottom()) - top;
            // Models also propose boxes in the grey around the picture.
            if (width > 0 && height > 0) {
                found.add(new Detection(labels.name(object.label()), Math.min(1, object.score()), left, top, width,
                        height));
            }
        }
        return found;
    }

    @Override
    public void close() {
        if (batches != null) {
            batches.close();
        }
        model.close();
    }
}
