package framebuffer.vision.detect;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.global.opencv_video;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_video.BackgroundSubtractorMOG2;

/**
 * Detects motion with a mixture-of-Gaussians background model for each camera. The first {@value #WARM_UP} pictures of a camera only train
 * the model. Keeps the models of the {@value #MAX_CAMERAS} cameras seen last.
 */
public final class MotionDetector implements Detector {
    public static final String CAPABILITY = "motion_detection";

    static final int WARM_UP = 5;
    static final int MAX_CAMERAS = 64;

    /** Minimum area of an object as a fraction of the picture; leaves and noise are smaller. */
    private static final double LEAST_PART = 0.0008;
    private static final int WORK_WIDTH = 384;
    private static final int HISTORY = 100;
    /** Number of Gaussians per pixel. They take 36 bytes per pixel, 4 MB per camera. */
    private static final int MIXTURES = 3;
    private static final double VARIANCE_THRESHOLD = 32;
    private static final int FOREGROUND = 255;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Background> cameras = new LinkedHashMap<>(16, 0.75f, true);

    private static final class Background {
        private final BackgroundSubtractorMOG2 model;
        private int seen;

        Background() {
            model = opencv_video.createBackgroundSubtractorMOG2(HISTORY, VARIANCE_THRESHOLD, true);
            model.setNMixtures(MIXTURES);
            model.retainReference();
        }
    }

    @Override
    public String capability() {
        return CAPABILITY;
    }

    @Override
    public Detections detect(byte[] picture, String cameraId) {
        try (PointerScope _ = new PointerScope()) {
            Mat pixels = Picture.grey(picture);
            double scale = Math.max(1, pixels.cols() / (double) WORK_WIDTH);
            Mat small = new Mat();
            opencv_imgproc.resize(pixels, small,
                    new Size((int) (pixels.cols() / scale), Math.max(1, (int) (pixels.rows() / scale))),
                    0, 0, opencv_imgproc.INTER_AREA);
            Mat moved = new Mat();
            boolean warm = moved(cameraId, small, moved);
            return new Detections(warm ? objects(moved, scale, pixels) : List.of(), pixels.cols(), pixels.rows());
        }
    }

    /** Compares with the camera's background; returns whether the model is trained. */
    private boolean moved(String cameraId, Mat picture, Mat moved) {
        lock.lock();
        try {
            Background background = cameras.computeIfAbsent(cameraId, id -> new Background());
            if (cameras.size() > MAX_CAMERAS) {
                Map.Entry<String, Background> oldest = cameras.entrySet().iterator().next();
                cameras.remove(oldest.getKey());
                oldest.getValue().model.releaseReference();
            }
            background.model.apply(picture, moved);
            return ++background.seen > WARM_UP;
        } finally {
            lock.unlock();
        }
    }

    private static List<Detection> objects(Mat moved, double scale, Mat picture) {
        // Shadows are marked with a lower value.
        opencv_imgproc.threshold(moved, moved, FOREGROUND - 1, FOREGROUND, opencv_imgproc.THRESH_BINARY);
        Mat three = opencv_imgproc.getStructuringElement(opencv_imgproc.MORPH_ELLIPSE, new Size(3, 3));
        Mat tall = opencv_imgproc.getStructuringElement(opencv_imgproc.MORPH_ELLIPSE, new Size(5, 11));
        opencv_imgproc.morphologyEx(moved, moved, opencv_imgproc.MORPH_OPEN, three);
        opencv_imgproc.morphologyEx(moved, moved, opencv_imgproc.MORPH_CLOSE, tall);
        MatVector outlines = new MatVector();
        opencv_imgproc.findContours(moved, outlines, opencv_imgproc.RETR_EXTERNAL,
                opencv_imgproc.CHAIN_APPROX_SIMPLE);
        List<Detection> found = new ArrayList<>();
        for (long i = 0; i < outlines.size(); i++) {
            Rect box = opencv_imgproc.boundingRect(outlines.get(i));
            if (box.area() >= LEAST_PART * moved.total()) {
                double filled = opencv_core.countNonZero(new Mat(moved, box)) / (double) box.area();
                found.add(new Detection("motion", filled, (int) (box.x() * scale), (int) (box.y() * scale),
                        (int) (box.width() * scale), (int) (box.height() * scale))
                        .within(picture.cols(), picture.rows()));
            }
        }
        return found;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            cameras.values().forEach(background -> background.model.releaseReference());
            cameras.clear();
        } finally {
            lock.unlock();
        }
    }
}
