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
    /** Playing time of earlier rounds, so that a short looped recording does not exceed the wanted rate. */
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
     * Opens a video.
     *
     * @param nanos a monotonic clock, like {@link System#nanoTime()}
     * @param deadline for each picture; starts now for the first
     * @throws CameraUnavailable when the address is unreachable or has no video
     */
    static VideoSource open(VideoAddress address, Pictures pictures, LongSupplier nanos, PictureDeadline deadline) {
        return new VideoSource(address, pictures, nanos, deadline);
    }

    PictureDelivery delivery() {
        return video.delivery();
    }

    /**
     * The next wanted picture; null at the end of a recording. Waits for a live picture until its deadline.
     *
     * @throws CameraUnavailable when the video broke off
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

    /** Playing time of the pictures read since the video was opened or restarted, in microseconds. */
    long lengthMicros() {
        return time.lengthMicros();
    }

    /** The decoding counts since the video was opened or restarted. */
    DecodeCounts counts() {
        return video.counts();
    }

    /**
     * Restarts a recording by opening it again, because many recordings do not support seeking, or not over HTTP.
     *
     * @throws CameraUnavailable when the recording cannot be opened
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
