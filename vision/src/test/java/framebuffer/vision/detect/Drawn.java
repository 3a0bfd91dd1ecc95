package framebuffer.vision.detect;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/** Synthetic test pictures as JPEG files. */
final class Drawn {
    private static final String FACE = "framebuffer/vision/face.jpg";

    private Drawn() {
    }

    /** A picture of one brightness, 0 to 255. */
    static byte[] plain(int brightness) {
        try (PointerScope _ = new PointerScope()) {
            return jpeg(new Mat(new Size(320, 240), opencv_core.CV_8UC1, Scalar.all(brightness)));
        }
    }

    /** A picture of 16×12 pixels. */
    static byte[] tiny() {
        try (PointerScope _ = new PointerScope()) {
            return jpeg(new Mat(new Size(16, 12), opencv_core.CV_8UC1, Scalar.all(128)));
        }
    }

    /** A blurred copy of the picture. */
    static byte[] blurred(byte[] picture) {
        try (PointerScope _ = new PointerScope()) {
            Mat pixels = Picture.colour(picture);
            Mat blurred = new Mat();
            opencv_imgproc.GaussianBlur(pixels, blurred, new Size(0, 0), 8);
            return jpeg(blurred);
        }
    }

    /** The picture with a photograph of a face, a square of this size. */
    static byte[] withFace(byte[] picture, int x, int y, int size) {
        try (PointerScope _ = new PointerScope(); InputStream file = Drawn.class.getResourceAsStream("/" + FACE)) {
            Mat pixels = Picture.colour(picture);
            Mat face = new Mat();
            opencv_imgproc.resize(Picture.colour(Objects.requireNonNull(file, FACE).readAllBytes()), face,
                    new Size(size, size), 0, 0, opencv_imgproc.INTER_AREA);
            face.copyTo(new Mat(pixels, new Rect(x, y, size, size)));
            return jpeg(pixels);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The picture at another size. */
    static byte[] enlarged(byte[] picture, int width, int height) {
        try (PointerScope _ = new PointerScope()) {
            Mat large = new Mat();
            opencv_imgproc.resize(Picture.colour(picture), large, new Size(width, height));
            return jpeg(large);
        }
    }

    private static byte[] jpeg(Mat pixels) {
        BytePointer file = new BytePointer();
        opencv_imgcodecs.imencode(".jpg", pixels, file);
        byte[] bytes = new byte[(int) file.limit()];
        file.get(bytes);
        return bytes;
    }
}
