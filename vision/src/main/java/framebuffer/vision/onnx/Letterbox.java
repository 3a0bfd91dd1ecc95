package framebuffer.vision.onnx;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * A picture within the input of a model: scaled with its proportions, in the middle, grey around it.
 *
 * @param left left edge of the scaled picture within the input, in pixels
 * @param top upper edge of the scaled picture within the input, in pixels
 * @param width width of the scaled picture, in pixels
 * @param height height of the scaled picture, in pixels
 */
record Letterbox(Extent picture, Extent input, int left, int top, int width, int height) {
    static final int COLOURS = 3;

    /** The grey on which models of this kind are trained. */
    private static final double GREY = 114;

    static Letterbox of(Extent picture, Extent input) {
        double scale = Math.min(input.width() / (double) picture.width(), input.height() / (double) picture.height());
        int width = Math.clamp(Math.round(picture.width() * scale), 1, input.width());
        int height = Math.clamp(Math.round(picture.height() * scale), 1, input.height());
        return new Letterbox(picture, input, (input.width() - width) / 2, (input.height() - height) / 2, width, height);
    }

    /** The same box in the original picture. */
    Box inPicture(Box box) {
        double x = picture.width() / (double) width;
        double y = picture.height() / (double) height;
        return new Box((box.left() - left) * x, (box.top() - top) * y, (box.right() - left) * x,
                (box.bottom() - top) * y);
    }

    /**
     * The input of the model: all red values, then all green, then all blue, 0 to 1. Its memory belongs to the scope around the call.
     *
     * @param pixels the picture, in the order blue, green, red
     */
    FloatPointer paint(Mat pixels) {
        Mat canvas = new Mat(input.height(), input.width(), opencv_core.CV_8UC3, Scalar.all(GREY));
        Mat middle = new Mat(canvas, new Rect(left, top, width, height));
        opencv_imgproc.resize(pixels, middle, new Size(width, height), 0, 0, opencv_imgproc.INTER_LINEAR);
        Mat values = new Mat();
        canvas.convertTo(values, opencv_core.CV_32FC3, 1 / 255.0, 0);
        long plane = (long) input.width() * input.height();
        FloatPointer planes = new FloatPointer(COLOURS * plane);
        for (int i = 0; i < COLOURS; i++) {
            Mat colour = new Mat(input.height(), input.width(), opencv_core.CV_32FC1, planes.getPointer(i * plane));
            opencv_core.extractChannel(values, colour, COLOURS - 1 - i);
        }
        return planes;
    }
}
