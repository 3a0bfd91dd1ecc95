package framebuffer.vision.source;

import framebuffer.vision.decode.VideoError;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.jspecify.annotations.Nullable;

/** Encodes pictures as JPEG. For one thread at a time; holds native memory until it is closed. */
public final class JpegEncoder implements AutoCloseable {
    static {
        // Disable OpenCV's threads: pictures of several cameras are already encoded in parallel.
        opencv_core.setNumThreads(1);
    }

    private final int quality;
    private final AVFrame colours = avutil.av_frame_alloc();
    private @Nullable SwsContext scaler;

    /**
     * @param quality 1 to 100
     */
    public JpegEncoder(int quality) {
        this.quality = quality;
    }

    /**
     * Encodes a picture for display.
     *
     * @throws IllegalStateException when OpenCV cannot encode this size or format
     */
    public byte[] jpeg(AVFrame picture, Display display) {
        toColours(picture, display);
        try (PointerScope _ = new PointerScope()) {
            Mat pixels = turned(new Mat(colours.height(), colours.width(), opencv_core.CV_8UC3, colours.data(0),
                    colours.linesize(0)), display.orientation());
            BytePointer file = new BytePointer();
            if (!opencv_imgcodecs.imencode(".jpg", pixels, file,
                    new IntPointer(opencv_imgcodecs.IMWRITE_JPEG_QUALITY, quality))) {
                throw new IllegalStateException("OpenCV cannot write it as JPEG");
            }
            byte[] jpeg = new byte[(int) file.limit()];
            file.get(jpeg);
            return jpeg;
        }
    }

    private static Mat turned(Mat pixels, Orientation orientation) {
        Mat turned = pixels;
        if (orientation.transposed()) {
            turned = new Mat();
            opencv_core.transpose(pixels, turned);
        }
        if (!orientation.mirrored() && !orientation.upended()) {
            return turned;
        }
        Mat flipped = new Mat();
        // OpenCV: 0 is top to bottom, 1 left to right, -1 both.
        opencv_core.flip(turned, flipped, !orientation.mirrored() ? 0 : orientation.upended() ? -1 : 1);
        return flipped;
    }

    private void toColours(AVFrame picture, Display display) {
        int width = display.scaledWidth();
        int height = display.scaledHeight();
        SwsContext made = swscale.sws_getCachedContext(scaler, picture.width(), picture.height(), picture.format(),
                width, height,
                avutil.AV_PIX_FMT_BGR24, swscale.SWS_BILINEAR, null, null, (DoublePointer) null);
        scaler = made;
        if (colours.width() != width || colours.height() != height) {
            avutil.av_frame_unref(colours);
            colours.format(avutil.AV_PIX_FMT_BGR24).width(width).height(height);
            require(avutil.av_frame_get_buffer(colours, 0));
        }
        require(made == null
                ? avutil.AVERROR_EINVAL()
                : swscale.sws_scale(made, picture.data(), picture.linesize(), 0, picture.height(), colours.data(),
                        colours.linesize()));
    }

    private static void require(int result) {
        if (result < 0) {
            throw new IllegalStateException(VideoError.text(result));
        }
    }

    @Override
    public void close() {
        avutil.av_frame_free(colours);
        SwsContext made = scaler;
        if (made != null) {
            swscale.sws_freeContext(made);
        }
    }
}
