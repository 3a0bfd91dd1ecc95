package framebuffer.vision.camera;

import framebuffer.vision.source.CameraUnavailable;
import framebuffer.vision.source.DecodeCounts;
import framebuffer.vision.source.Display;
import framebuffer.vision.source.JpegEncoder;
import framebuffer.vision.source.MediaTime;
import framebuffer.vision.source.PictureDeadline;
import framebuffer.vision.source.PictureDelivery;
import framebuffer.vision.source.VideoAddress;
import framebuffer.vision.source.VideoStream;
import java.util.function.LongSupplier;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/** An open video, read picture by picture at a wanted rate. For one thread at a time. */
final class VideoSource implements AutoCloseable {
    private static final int NANOS_PER_MICRO = 1000;

    private final VideoAddress address;
    private final LongSupplier nanos;
    private final PictureDeadline deadline;
    private final JpegEncoder encoder;
    private final long openedNanos;
    private final Sampling sampling;
    private VideoStream video;
    private MediaTime time;
    private boolean taken;
    /** In the rounds before this one, so that a short recording that is played again and again gives no more than is wanted. */
    private long playedMicros;

    private VideoSource(VideoAddress address, Pictures pictures, LongSupplier nanos, PictureDeadline deadline) {
        this.address = address;
        this.nanos = nanos;
        this.deadline = deadline;
        this.video = VideoStream.open(address, deadline);
        this.encoder = new JpegEncoder(pictures.jpegQuality());
        this.openedNanos = nanos.getAsLong();
        this.time = new MediaTime(video.intervalMicros());
        this.sampling = new Sampling(pictures.fps());
    }

    /**
     * Opens it.
     *
     * @param nanos
     *            a clock that never jumps, as {@link System#nanoTime()}
     * @param deadline
     *            by which each picture must come, the first one counted from here
     * @throws CameraUnavailable
     *             when there is nothing, or no video
     */
    static VideoSource open(VideoAddress address, Pictures pictures, LongSupplier nanos, PictureDeadline deadline) {
        return new VideoSource(address, pictures, nanos, deadline);
    }

    PictureDelivery delivery() {
        return video.delivery();
    }

    /**
     * The next picture that is wanted; null at the end of a recording. Waits for a live one, until its deadline.
     *
     * @throws CameraUnavailable
     *             when it broke off
     */
    @Nullable
    Shot next() {
        for (AVFrame frame = video.next(); frame != null; frame = video.next()) {
            long own = time.next(video.timeMicros(frame));
            long at = delivery().dueOnArrival() ? (nanos.getAsLong() - openedNanos) / NANOS_PER_MICRO : own;
            if (sampling.takes(playedMicros + at)) {
                taken = true;
                return shot(frame, at);
            }
        }
        if (delivery().live() && !(delivery() == PictureDelivery.SNAPSHOT && taken)) {
            throw new CameraUnavailable(address + " ended");
        }
        return null;
    }

    private Shot shot(AVFrame frame, long atMicros) {
        Display display = video.display(frame);
        try {
            return new Shot(atMicros, display.width(), display.height(), encoder.jpeg(frame, display));
        } catch (IllegalStateException e) {
            throw new CameraUnavailable("a picture of " + address + " cannot be written: " + e.getMessage());
        }
    }

    /** How long the pictures that were read since it was opened or began anew play, in microseconds. */
    long lengthMicros() {
        return time.lengthMicros();
    }

    /** What became of the coded pictures since it was opened or began anew. */
    DecodeCounts counts() {
        return video.counts();
    }

    /**
     * Begins a recording anew. It is opened again: many recordings cannot be searched for a time, or not over HTTP.
     *
     * @throws CameraUnavailable
     *             when that fails
     */
    void rewind() {
        VideoStream again = VideoStream.open(address, deadline.restart());
        video.close();
        video = again;
        playedMicros += time.lengthMicros();
        time = new MediaTime(video.intervalMicros());
    }

    @Override
    public void close() {
        encoder.close();
        video.close();
    }
}
