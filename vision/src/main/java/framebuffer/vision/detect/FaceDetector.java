package framebuffer.vision.detect;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.global.opencv_objdetect;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.RectVector;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_objdetect.CascadeClassifier;

/**
 * Finds upright faces that look towards the camera, by the cascade of Haar features that comes with OpenCV.
 *
 * <p>
 * A picture larger than 960×720 pixels is reduced to as many pixels, so that each takes at most about as long. At that size the smallest
 * face is {@value #SMALLEST} pixels wide; smaller faces are not detected.
 */
public final class FaceDetector implements Detector {
    public static final String CAPABILITY = "face_detection";

    static final int SMALLEST = 24;

    /** The maximum size at which a picture is analysed, in pixels. */
    private static final double WORK_PIXELS = 960 * 720;
    /** Factor between two sizes of faces. 1.1 finds a few more of the smallest faces and takes nearly twice as long. */
    private static final double STEP = 1.2;
    /** Number of overlapping hits of the cascade that make a face. With fewer, leaves and walls become faces. */
    private static final int HITS = 3;

    /** Idle classifiers: each is used by one thread at a time, because it keeps the picture that it searches. */
    private final ConcurrentLinkedQueue<CascadeClassifier> idle = new ConcurrentLinkedQueue<>();

    public FaceDetector() {
        idle.add(load());
    }

    private static CascadeClassifier load() {
        String name = "/org/bytedeco/opencv/" + Loader.getPlatform()
                + "/share/opencv4/haarcascades/haarcascade_frontalface_alt2.xml";
        try (PointerScope _ = new PointerScope()) {
            File file = Loader.cacheResource(opencv_objdetect.class, name);
            if (file == null) {
                throw new IllegalStateException("this build of OpenCV has no data for faces: " + name + " is missing");
            }
            CascadeClassifier cascade = new CascadeClassifier(file.getPath());
            cascade.retainReference();
            if (cascade.empty()) {
                cascade.releaseReference();
                throw new IllegalStateException("OpenCV cannot read its data for faces in " + file);
            }
            return cascade;
        } catch (IOException e) {
            throw new IllegalStateException("cannot unpack OpenCV's data for faces: " + e.getMessage(), e);
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
            double scale = Math.min(1, Math.sqrt(WORK_PIXELS / pixels.total()));
            Mat work = new Mat();
            opencv_imgproc.resize(pixels, work, new Size(Math.max(1, (int) Math.round(pixels.cols() * scale)),
                    Math.max(1, (int) Math.round(pixels.rows() * scale))), 0, 0, opencv_imgproc.INTER_AREA);
            return new Detections(faces(work, scale, pixels), pixels.cols(), pixels.rows());
        }
    }

    private List<Detection> faces(Mat work, double scale, Mat picture) {
        RectVector boxes = new RectVector();
        IntPointer hits = new IntPointer();
        CascadeClassifier free = idle.poll();
        CascadeClassifier cascade = free == null ? load() : free;
        try {
            cascade.detectMultiScale2(work, boxes, hits, STEP, HITS, 0, new Size(SMALLEST, SMALLEST), new Size());
        } finally {
            idle.add(cascade);
        }
        List<Detection> faces = new ArrayList<>();
        for (long i = 0; i < boxes.size(); i++) {
            Rect box = boxes.get(i);
            faces.add(new Detection("face", score(hits.get(i)), (int) Math.round(box.x() / scale),
                    (int) Math.round(box.y() / scale), (int) Math.round(box.width() / scale),
                    (int) Math.round(box.height() / scale)).within(picture.cols(), picture.rows()));
        }
        return faces;
    }

    /** 0.5 at the threshold; most clear faces have 15 to 40 hits: 0.83 to 0.93. */
    private static double score(int hits) {
        return hits / (double) (hits + HITS);
    }

    @Override
    public void close() {
        for (CascadeClassifier cascade = idle.poll(); cascade != null; cascade = idle.poll()) {
            cascade.releaseReference();
        }
    }
}
