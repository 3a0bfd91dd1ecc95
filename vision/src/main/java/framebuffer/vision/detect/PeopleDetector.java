package framebuffer.vision.detect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.RectVector;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_objdetect.HOGDescriptor;

/**
 * Finds people who stand or walk upright, by histograms of oriented gradients and the classifier that comes with OpenCV. The
 * smallest box is 102 pixels tall; people much smaller than that are not seen.
 */
public final class PeopleDetector implements Detector, AutoCloseable {
    /** How far on the person's side of the classifier's border a window must lie. Lower finds more people, and more lamp posts. */
    private static final double MARGIN = 0.3;
    private static final double SCALE = 1.05;
    private static final int STRIDE = 8;

    /** The classifier's window. In a smaller picture OpenCV fails instead of finding nothing. */
    private static final int WINDOW_WIDTH = 64;
    private static final int WINDOW_HEIGHT = 128;

    /** The classifier was trained on windows with room around the person; how much of a window is the person. */
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
        return "person_detection";
    }

    @Override
    public Detections detect(byte[] picture, String cameraId) {
        try (PointerScope _ = new PointerScope()) {
            Mat pixels = Picture.colour(picture);
            if (pixels.cols() < WINDOW_WIDTH || pixels.rows() < WINDOW_HEIGHT) {
                return new Detections(List.of(), pixels.cols(), pixels.rows());
            }
            RectVector places = new RectVector();
            DoublePointer margins = new DoublePointer();
            hog.detectMultiScale(pixels, places, margins, MARGIN, new Size(STRIDE, STRIDE), new Size(STRIDE, STRIDE),
                    SCALE, 0, false);
            List<Detection> people = new ArrayList<>();
            for (long i = 0; i < places.size(); i++) {
                people.add(person(places.get(i), margins.get(i)).within(pixels.cols(), pixels.rows()));
            }
            return new Detections(onePerPerson(people), pixels.cols(), pixels.rows());
        }
    }

    private static Detection person(Rect window, double margin) {
        int width = (int) Math.round(window.width() * PERSON_WIDTH);
        int height = (int) Math.round(window.height() * PERSON_HEIGHT);
        return new Detection("person", margin / (margin + 1), window.x() + (window.width() - width) / 2,
                window.y() + (window.height() - height) / 2, width, height);
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
