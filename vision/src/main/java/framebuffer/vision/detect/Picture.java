package framebuffer.vision.detect;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/** Decodes picture files (JPEG or PNG). Native memory belongs to the {@link PointerScope} around the call. */
public final class Picture {
    /** Maximum number of pixels; they take 192 MB. */
    static final long MOST_PIXELS = 64_000_000;

    static {
        // Disable OpenCV's threads: several pictures are already analysed in parallel.
        opencv_core.setNumThreads(1);
    }

    private Picture() {
    }

    /**
     * The pixels in colour: blue, green, red.
     *
     * @param file a JPEG or PNG file
     * @throws UndecodablePicture when it is not such a picture, or has more than 64 million pixels
     */
    public static Mat colour(byte[] file) {
        return decode(file, opencv_imgcodecs.IMREAD_COLOR);
    }

    /** The pixels in shades of grey. */
    static Mat grey(byte[] file) {
        return decode(file, opencv_imgcodecs.IMREAD_GRAYSCALE);
    }

    private static Mat decode(byte[] file, int how) {
        PictureHeader header = PictureHeader.of(file);
        if (header.pixels() == 0 || header.pixels() > MOST_PIXELS) {
            throw new UndecodablePicture("a picture of " + header.width() + "×" + header.height()
                    + " pixels: it may have 1 to " + MOST_PIXELS / 1_000_000 + " million");
        }
        Mat pixels;
        try {
            BytePointer bytes = new BytePointer(file);
            pixels = opencv_imgcodecs.imdecode(new Mat(1, file.length, opencv_core.CV_8UC1, bytes), how);
        } catch (RuntimeException e) {
            // OpenCV's exceptions arrive as plain RuntimeExceptions.
            throw new UndecodablePicture("OpenCV cannot read it: " + e.getMessage());
        }
        if (pixels.empty()) {
            throw new UndecodablePicture("no picture in " + file.length + " bytes");
        }
        return pixels;
    }
}
