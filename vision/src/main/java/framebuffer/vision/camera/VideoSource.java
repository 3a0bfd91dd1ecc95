package framebuffer.vision.camera;

import java.nio.file.Files;
import java.time.InstantSource;
import org.bytedeco.ffmpeg.global.avdevice;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.bytedeco.javacv.Frame;
import org.bytedeco.javacv.FrameGrabber;
import org.bytedeco.javacv.OpenCVFrameConverter;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.jspecify.annotations.Nullable;

/** An open video, read picture by picture at a wanted rate. For one thread at a time. */
final class VideoSource implements AutoCloseable {
    private static final int MICROS_PER_MILLI = 1000;
    /** How long an address in the network may be silent. */
    private static final long SILENCE_MICROS = 5_000_000;

    static {
        // What goes wrong is told by our exceptions; FFmpeg would write every broken packet of a camera to the console.
        avutil.av_log_set_level(avutil.AV_LOG_QUIET);
        // Pictures of several cameras are encoded side by side; threads of OpenCV's own would only stand in their way.
        opencv_core.setNumThreads(1);
    }

    private final VideoAddress address;
    private final Pictures pictures;
    private final InstantSource clock;
    private final FFmpegFrameGrabber grabber;
    private final OpenCVFrameConverter.ToMat converter = new OpenCVFrameConverter.ToMat();
    private final long openedMillis;
    private Sampling sampling;

    private VideoSource(VideoAddress address, Pictures pictures, InstantSource clock, FFmpegFrameGrabber grabber) {
        this.address = address;
        this.pictures = pictures;
        this.clock = clock;
        this.grabber = grabber;
        this.openedMillis = clock.millis();
        this.sampling = new Sampling(pictures.fps());
    }

    /**
     * Opens it. A network address that does not answer takes 10 s: it is tried twice.
     *
     * @throws CameraUnavailable
     *             when there is nothing, or no video
     */
    static VideoSource open(VideoAddress address, Pictures pictures, InstantSource clock) {
        FFmpegFrameGrabber grabber = grabber(address);
        try {
            // Not start(): that opens one video of the process at a time, so one dead camera would hold up all others.
            grabber.startUnsafe();
            if (!grabber.hasVideo()) {
                throw new CameraUnavailable("no video in " + address);
            }
            return new VideoSource(address, pictures, clock, grabber);
        } catch (FrameGrabber.Exception e) {
            release(grabber);
            throw new CameraUnavailable(FfmpegErrors.why(address, e), e);
        } catch (CameraUnavailable e) {
            release(grabber);
            throw e;
        }
    }

    private static FFmpegFrameGrabber grabber(VideoAddress address) {
        FFmpegFrameGrabber grabber = switch (address) {
            case VideoAddress.File(var path) -> {
                if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
                    throw new CameraUnavailable("no video file " + path + " to read; name a file that is there");
                }
                yield new FFmpegFrameGrabber(path.toFile());
            }
            case VideoAddress.Network(var url) -> network(url);
            case VideoAddress.Device(var driver, var name) -> {
                requireDevices(address);
                FFmpegFrameGrabber device = new FFmpegFrameGrabber(name);
                device.setFormat(driver);
                yield device;
            }
        };
        grabber.setImageMode(FrameGrabber.ImageMode.COLOR);
        grabber.setVideoOption("threads", "1");
        return grabber;
    }

    /** FFmpeg's part for devices needs sound libraries, which many servers do not have; all else works without. */
    private static void requireDevices(VideoAddress address) {
        try {
            Loader.load(avdevice.class);
        } catch (LinkageError e) {
            throw new CameraUnavailable("cannot open " + address + ": FFmpeg's library for devices cannot be loaded; "
                    + "on Debian and Ubuntu install libpulse0", e);
        }
    }

    private static FFmpegFrameGrabber network(String url) {
        FFmpegFrameGrabber grabber = new FFmpegFrameGrabber(url);
        boolean rtsp = url.startsWith("rtsp");
        grabber.setOption(rtsp ? "timeout" : "rw_timeout", Long.toString(SILENCE_MICROS));
        if (rtsp) {
            // Over UDP, lost packets smear the picture.
            grabber.setOption("rtsp_transport", "tcp");
        }
        return grabber;
    }

    boolean live() {
        return address.live();
    }

    /**
     * The next picture that is wanted; null at the end of a file. Waits for a live one, up to 5 s.
     *
     * @throws CameraUnavailable
     *             when it broke off
     */
    @Nullable
    Shot next() {
        try {
            for (Frame frame = grabber.grabImage(); frame != null; frame = grabber.grabImage()) {
                long at = live() ? (clock.millis() - openedMillis) * MICROS_PER_MILLI : grabber.getTimestamp();
                if (sampling.takes(at)) {
                    return shot(frame, at);
                }
            }
        } catch (FrameGrabber.Exception e) {
            throw new CameraUnavailable(address + " broke off: " + e.getMessage(), e);
        }
        if (live()) {
            throw new CameraUnavailable(address + " ended");
        }
        return null;
    }

    private Shot shot(Frame frame, long atMicros) {
        try (PointerScope _ = new PointerScope()) {
            Mat pixels = converter.convert(frame);
            BytePointer file = new BytePointer();
            if (!opencv_imgcodecs.imencode(".jpg", pixels, file,
                    new IntPointer(opencv_imgcodecs.IMWRITE_JPEG_QUALITY, pictures.jpegQuality()))) {
                throw new CameraUnavailable("a picture of " + address + " cannot be written as JPEG");
            }
            byte[] jpeg = new byte[(int) file.limit()];
            file.get(jpeg);
            return new Shot(atMicros, pixels.cols(), pixels.rows(), jpeg);
        }
    }

    /** How long a file plays, in microseconds. */
    long lengthMicros() {
        return grabber.getLengthInTime();
    }

    /**
     * Begins a file anew.
     *
     * @throws CameraUnavailable
     *             when that fails
     */
    void rewind() {
        try {
            grabber.setTimestamp(0);
            sampling = new Sampling(pictures.fps());
        } catch (FrameGrabber.Exception e) {
            throw new CameraUnavailable(address + " cannot be played again: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        converter.close();
        release(grabber);
    }

    private static void release(FFmpegFrameGrabber grabber) {
        try {
            grabber.releaseUnsafe();
        } catch (FrameGrabber.Exception e) {
            throw new IllegalStateException("FFmpeg does not let go of a video", e);
        }
    }
}
