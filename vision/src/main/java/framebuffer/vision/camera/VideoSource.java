package framebuffer.vision.camera;

import framebuffer.vision.source.CameraUnavailable;
import framebuffer.vision.source.JpegEncoder;
import framebuffer.vision.source.PictureDeadline;
import framebuffer.vision.source.VideoAddress;
import framebuffer.vision.source.VideoStream;
import java.time.InstantSource;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/** An open video, read picture by picture at a wanted rate. For one thread at a time. */
final class VideoSource implements AutoCloseable {
    private static final int MICROS_PER_MILLI = 1000;
    private static final int MICROS_PER_SECOND = 1_000_000;

    private final VideoAddress address;
    private final Pictures pictures;
    private final InstantSource clock;
    private final VideoStream video;
    private final JpegEncoder encoder;
    private final long openedMillis;
    private Sampling sampling;

    private VideoSource(VideoAddress address, Pictures pictures, InstantSource clock, VideoStream video) {
        this.address = address;
        this.pictures = pictures;
        this.clock = clock;
        this.video = video;
        this.encoder = new JpegEncoder(pictures.jpegQuality());
        this.openedMillis = clock.millis();
        this.sampling = new Sampling(pictures.fps());
    }

    /**
     * Opens it.
     *
     * @param deadline
     *            by which each picture must come, the first one counted from here
     * @throws CameraUnavailable
     *             when there is nothing, or no video
     */
    static VideoSource open(VideoAddress address, Pictures pictures, InstantSource clock, PictureDeadline deadline) {
        return new VideoSource(address, pictures, clock, VideoStream.open(address, deadline));
    }

    boolean live() {
        return address.live();
    }

    /**
     * The next picture that is wanted; null at the end of a file. Waits for a live one, until its deadline.
     *
     * @throws CameraUnavailable
     *             when it broke off
     */
    @Nullable
    Shot next() {
        for (AVFrame frame = video.next(); frame != null; frame = video.next()) {
            long at = live() ? (clock.millis() - openedMillis) * MICROS_PER_MILLI : micros(frame);
            if (sampling.takes(at)) {
                return shot(frame, at);
            }
        }
        if (live()) {
            throw new CameraUnavailable(address + " ended");
        }
        return null;
    }

    private long micros(AVFrame frame) {
        AVRational unit = video.stream().time_base();
        return avutil.av_rescale(frame.best_effort_timestamp(), (long) MICROS_PER_SECOND * unit.num(), unit.den());
    }

    private Shot shot(AVFrame frame, long atMicros) {
        try {
            return new Shot(atMicros, frame.width(), frame.height(), encoder.jpeg(frame));
        } catch (IllegalStateException e) {
            throw new CameraUnavailable("a picture of " + address + " cannot be written: " + e.getMessage());
        }
    }

    /** How long a file plays, in microseconds. */
    long lengthMicros() {
        return video.lengthMicros();
    }

    /**
     * Begins a file anew.
     *
     * @throws CameraUnavailable
     *             when that fails
     */
    void rewind() {
        video.rewind();
        sampling = new Sampling(pictures.fps());
    }

    @Override
    public void close() {
        encoder.close();
        video.close();
    }
}
