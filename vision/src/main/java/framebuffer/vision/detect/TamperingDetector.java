package framebuffer.vision.detect;

import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Detects tampered cameras: {@code too_dark}, {@code too_bright} or {@code blurred} (out of focus, or covered). The box is the whole
 * picture; a working camera gives no detection.
 */
public final class TamperingDetector implements Detector {
    public static final String CAPABILITY = "camera_tampering";

    /** Mean brightness below which a picture is too dark, 0 to 255. */
    private static final double DARK = 25;
    /** Mean brightness above which a picture is too bright, 0 to 255. */
    private static final double BRIGHT = 230;
    /** Variance of the Laplacian below which a picture counts as blurred. All pictures of the clip are above it. */
    private static final double SHARP = 30;

    @Override
    public String capability() {
        return CAPABILITY;
    }

    @Override
    public Detections detect(byte[] picture, String cameraId) {
        try (PointerScope _ = new PointerScope()) {
            Mat pixels = Picture.grey(picture);
            return new Detections(faults(pixels), pixels.cols(), pixels.rows());
        }
    }

    private static List<Detection> faults(Mat pixels) {
        double brightness = opencv_core.mean(pixels).get(0);
        if (brightness < DARK) {
            return whole("too_dark", 1 - brightness / DARK, pixels);
        }
        if (brightness > BRIGHT) {
            return whole("too_bright", (brightness - BRIGHT) / (255 - BRIGHT), pixels);
        }
        double sharpness = sharpness(pixels);
        return sharpness < SHARP ? whole("blurred", 1 - sharpness / SHARP, pixels) : List.of();
    }

    private static double sharpness(Mat pixels) {
        Mat edges = new Mat();
        opencv_imgproc.Laplacian(pixels, edges, opencv_core.CV_16S);
        Mat mean = new Mat();
        Mat deviation = new Mat();
        opencv_core.meanStdDev(edges, mean, deviation);
        double value = new DoublePointer(deviation.data()).get();
        return value * value;
    }

    private static List<Detection> whole(String label, double score, Mat pixels) {
        // Confidence 0.5 at the threshold, 1 at the extreme.
        return List.of(new Detection(label, Math.min(1, 0.5 + score / 2), 0, 0, pixels.cols(), pixels.rows()));
    }

    @Override
    public void close() {
        // It keeps no native memory between two pictures.
    }
}
