package framebuffer.vision.detect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;

/** Writes pictures with boxes around the detections. Thread-safe. */
public final class Annotator {
    /** Default for the number of pictures kept. */
    public static final int MOST = 200;

    private static final int LONGEST_NAME = 200;

    private final Path folder;
    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Path> written = new ArrayDeque<>();

    /**
     * Creates the folder if it is missing.
     *
     * @param most number of pictures to keep, the newest. Deletes only files that this annotator has written
     * @throws IOException when the folder cannot be created
     */
    public Annotator(Path folder, int most) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.most = most;
    }

    /**
     * Writes one picture as {@code name.jpg}; in the name, all but letters, digits, dots, hyphens and underscores become underscores.
     *
     * @param picture picture of the detections
     * @return the file
     * @throws UndecodablePicture when the file is not a picture
     * @throws IOException when the file cannot be written
     */
    public Path save(String name, byte[] picture, Detections found) throws IOException {
        byte[] drawn = draw(picture, found);
        String safe = name.replaceAll("[^A-Za-z0-9._-]", "_");
        Path file = folder.resolve(safe.substring(0, Math.min(safe.length(), LONGEST_NAME)) + ".jpg");
        lock.lock();
        try {
            Files.write(file, drawn);
            written.remove(file);
            written.addLast(file);
            while (written.size() > most) {
                Files.deleteIfExists(written.removeFirst());
            }
        } finally {
            lock.unlock();
        }
        return file;
    }

    /**
     * The picture with boxes around the detections, as JPEG.
     *
     * @throws UndecodablePicture when the file is not a picture
     */
    public static byte[] draw(byte[] picture, Detections found) {
        try (PointerScope _ = new PointerScope()) {
            Mat pixels = Picture.colour(picture);
            found.objects().forEach(object -> draw(pixels, object));
            BytePointer file = new BytePointer();
            opencv_imgcodecs.imencode(".jpg", pixels, file);
            byte[] bytes = new byte[(int) file.limit()];
            file.get(bytes);
            return bytes;
        }
    }

    private static void draw(Mat pixels, Detection object) {
        Scalar green = new Scalar(0, 255, 0, 0);
        opencv_imgproc.rectangle(pixels, new Rect(object.x(), object.y(), object.width(), object.height()), green, 2,
                opencv_imgproc.LINE_8, 0);
        String text = String.format(Locale.ROOT, "%s %.2f", object.label(), object.score());
        // Above the box, or inside it at the edge of the picture.
        int baseline = object.y() >= 14 ? object.y() - 4 : object.y() + 14;
        opencv_imgproc.putText(pixels, text, new Point(object.x(), baseline), opencv_imgproc.FONT_HERSHEY_SIMPLEX, 0.45,
                green, 1, opencv_imgproc.LINE_AA, false);
    }
}
