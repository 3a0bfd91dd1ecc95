package framebuffer.vision.detect;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/** Synthetic test pictures as JPEG files. */
final class Drawn {
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

    private static byte[] jpeg(Mat pixels) {
        BytePointer file = new BytePointer();
        opencv_imgcodecs.imencode(".jpg", pixels, file);
        byte[] bytes = new byte[(int) file.limit()];
        file.get(bytes);
        return bytes;
    }
}
