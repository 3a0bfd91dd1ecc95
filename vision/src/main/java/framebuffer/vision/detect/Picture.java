package framebuffer.vision.detect;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/** Pictures as files and as pixels. Native memory belongs to the {@link PointerScope} around the call. */
final class Picture {
    static {
        // Several pictures are looked at side by side; threads of OpenCV's own would only stand in their way.
        opencv_core.setNumThreads(1);
    }

    private Picture() {
    }

    /** The pixels in colour: blue, green, red. */
    static Mat colour(byte[] file) {
        return decode(file, opencv_imgcodecs.IMREAD_COLOR);
    }

    /** The pixels in shades of grey. */
    static Mat grey(byte[] file) {
        return decode(file, opencv_imgcodecs.IMREAD_GRAYSCALE);
    }

    private static Mat decode(byte[] file, int how) {
        if (file.length == 0) {
            throw new UndecodablePicture("an empty file is no picture");
        }
        Mat pixels;
        try {
            BytePointer bytes = new BytePointer(file);
            pixels = opencv_imgcodecs.imdecode(new Mat(1, file.length, opencv_core.CV_8UC1, bytes), how);
        } catch (RuntimeException e) {
            // OpenCV throws bare RuntimeExceptions, for example at a size beyond its limits.
            throw new UndecodablePicture("OpenCV cannot read it: " + e.getMessage());
        }
        if (pixels.empty()) {
            throw new UndecodablePicture("no picture in " + file.length + " bytes");
        }
        return pixels;
    }
}
