package framebuffer.vision.detect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.RectVector;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_objdetect.HOGDescriptor;

/**
 * Finds people who stand or walk upright, by histograms of oriented gradients and the classifier that comes with OpenCV.
 *
 * <p>
 * Every picture is scaled to about the same size, so that each takes about as long: a large picture is reduced, a small one enlarged,
 * at most twice. At that size the smallest box is 102 pixels tall; much smaller people are not detected.
 */
public final class PeopleDetector implements Detector {
    public static final String CAPABILITY = "person_detection";

    /** The size at which a picture is analysed, in pixels: as many as 960×720. */
    private static final double WORK_PIXELS = 960 * 720;
    private static final double MOST_ENLARGED = 2;

    /** Threshold of the classifier's score. A lower value finds more people, and more lamp posts. */
    private static final double MARGIN = 0.5;
    /** Factor between two sizes of people. Half of the step takes nearly twice as long and finds no more. */
    private static final double STEP = 1.1;
    private static final int STRIDE = 8;

    /** The classifier's window. OpenCV fails in a smaller picture. */
    private static final int WINDOW_WIDTH = 64;
    private static final int WINDOW_HEIGHT = 128;

    /** The part of a window that the person fills: the classifier was trained on windows with a margin. */
    private static final double PERSON_WIDTH = 0.55;
    private static final double PERSON_HEIGHT = 0.8;

    private final HOGDescriptor hog;

    public PeopleDetector() {
        try (PointerScope _ = new PointerScope()) {
            hog = new HOGDescriptor();
            hog.retainReference();
            FloatPointer classifier = HOGDescriptor.getDefaultPeopleDetector();
            hog.setSVMDetector(new Mat(1, (int) classifier.limit(), opencv_core.CV_32FC1, classifier));
        }
    }

    @Override
    public String capability() {
        return CAPABILITY;
    }

    @Override
    public Detections detect(byte[] picture, String cameraId) {
        try (PointerScope _ = new PointerScope()) {
            Mat pixels = Picture.colour(picture);
            double scale = Math.min(MOST_ENLARGED, Math.sqrt(WORK_PIXELS / pixels.total()));
            Size size = new Size((int) Math.round(pixels.cols() * scale), (int) Math.round(pixels.rows() * scale));
            if (size.width() < WINDOW_WIDTH || size.height() < WINDOW_HEIGHT) {
                return new Detections(List.of(), pixels.cols(), pixels.rows());
            }
            Mat work = new Mat();
            opencv_imgproc.resize(pixels, work, size, 0, 0,
                    scale < 1 ? opencv_imgproc.INTER_AREA : opencv_imgproc.INTER_LINEAR);
            RectVector windows = new RectVector();
            DoublePointer margins = new DoublePointer();
            hog.detectMultiScale(work, windows, margins, MARGIN, new Size(STRIDE, STRIDE), new Size(STRIDE, STRIDE),
                    STEP, 0, false);
            List<Detection> people = new ArrayList<>();
            for (long i = 0; i < windows.size(); i++) {
                people.add(person(windows.get(i), margins.get(i), scale).within(pixels.cols(), pixels.rows()));
            }
            return new Detections(onePerPerson(people), pixels.cols(), pixels.rows());
        }
    }

    private static Detection person(Rect window, double margin, double scale) {
        double width = window.width() * PERSON_WIDTH;
        double height = window.height() * PERSON_HEIGHT;
        return new Detection("person", margin / (margin + 1),
                (int) Math.round((window.x() + (window.width() - width) / 2) / scale),
                (int) Math.round((window.y() + (window.height() - height) / 2) / scale),
                (int) Math.round(width / scale),
                (int) Math.round(height / scale));
    }

    private static List<Detection> onePerPerson(List<Detection> people) {
        List<Detection> kept = new ArrayList<>();
        people.sort(Comparator.comparingDouble(Detection::score).reversed());
        for (Detection person : people) {
            if (kept.stream().noneMatch(person::shows)) {
                kept.add(person);
            }
        }
        return kept;
    }

    @Override
    public void close() {
        hog.close();
    }
}
