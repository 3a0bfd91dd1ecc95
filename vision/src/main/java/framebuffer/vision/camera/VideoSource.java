package framebuffer.vision.camera;

import framebuffer.vision.decode.DecodeCounts;
import framebuffer.vision.decode.PictureDemand;
import framebuffer.vision.source.CameraUnavailable;
import framebuffer.vision.source.Display;
import framebuffer.vision.source.JpegEncoder;
import framebuffer.vision.source.MediaTime;
import framebuffer.vision.source.PictureDeadline;
import framebuffer.vision.source.PictureDelivery;
import framebuffer.vision.source.PictureSize;
import framebuffer.vision.source.VideoAddress;
import framebuffer.vision.source.VideoStream;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/** An open video, read picture by picture at a wanted rate. For one thread at a time. */
final class VideoSource implements AutoCloseable, PictureDemand {
    private static final int NANOS_PER_MICRO = 1000;

    private final VideoAddress address;
    private final Pictures pictures;
    private final LongSupplier nanos;
    private final PictureDeadline deadline;
    private final JpegEncoder encoder;
    private final long openedNanos;
    private final Sampling sampling;
    private VideoStream video;
    private MediaTime time;
    private boolean taken;
    private int width;
    private int height;
    /** Playing time of earlier rounds, so that a short looped recording does not exceed the wanted rate. */
    private long playedMicros;

    private VideoSource(VideoAddress address, Pictures pictures, LongSupplier nanos, PictureDeadline deadline) {
        this.address = address;
        this.pictures = pictures;
        this.nanos = nanos;
        this.deadline = deadline;
        this.video = VideoStream.open(address, pictures.hardware(), deadline);
        this.encoder = new JpegEncoder(pictures.jpegQuality());
        this.openedNanos = nanos.getAsLong();
        this.time = new MediaTime(video.intervalMicros());
        this.sampling = new Sampling(pictures.fps());
        decodeOnlyWhatIsWanted();
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

    /**
     * All pictures of a recording are decoded: it tells at its end how many could not be, and its timestamps are judged by their
     * predecessors.
     */
    private void decodeOnlyWhatIsWanted() {
        if (delivery() == PictureDelivery.LIVE) {
            video.decodeOnly(this);
        }
    }

    @Override
    public long nowMicros() {
        return (nanos.getAsLong() - openedNanos) / NANOS_PER_MICRO;
    }

    @Override
    public boolean due(long atMicros) {
        return sampling.due(atMicros);
    }

    @Override
    public long intervalMicros() {
        return TimeUnit.NANOSECONDS.toMicros(pictures.interval().toNanos());
    }

    PictureDelivery delivery() {
        return video.delivery();
    }

    /**
     * The next due picture, valid until the next call; null at the end of a recording. Waits for a live picture until its deadline.
     *
     * @throws CameraUnavailable when the video broke off
     */
    @Nullable
    Shot next() {
        for (AVFrame frame = video.next(); frame != null; frame = video.next()) {
            long own = time.next(video.timeMicros(frame));
            long at = delivery().dueOnArrival() ? nowMicros() : own;
            if (sampling.takes(playedMicros + at + video.earlyMicros())) {
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
        Display original = video.display(frame);
        Display turned = original.turned(pictures.rotate());
        PictureSize largest = pictures.size();
        Display display = largest == null ? turned : turned.within(largest);
        width = original.width();
        height = original.height();
        return new Shot(atMicros, display, () -> jpeg(frame, display));
    }

    private byte[] jpeg(AVFrame frame, Display display) {
        deadline.begin();
        try {
            return encoder.jpeg(frame, display);
        } catch (IllegalStateException e) {
            throw new CameraUnavailable("a picture of " + address + " cannot be written: " + e.getMessage());
        } finally {
            deadline.pause();
        }
    }

    /** The codec and what decodes it, such as {@code h264 (software)}. */
    String decoder() {
        return video.decoderName();
    }

    /** Of the last due picture as the video shows it, in pixels. */
    int width() {
        return width;
    }

    /** Of the last due picture as the video shows it, in pixels. */
    int height() {
        return height;
    }

    /** Playing time of the pictures read since the video was opened or restarted, in microseconds. */
    long lengthMicros() {
        return time.lengthMicros();
    }

    /** The number of coded pictures received since the video was opened or restarted. */
    long received() {
        return video.received();
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
        VideoStream again = VideoStream.open(address, pictures.hardware(), deadline.restart());
        video.close();
        video = again;
        playedMicros += time.lengthMicros();
        time = new MediaTime(video.intervalMicros());
    }

    @Override
    public void close() {
        deadline.begin();
        try {
            encoder.close();
            video.close();
        } finally {
            deadline.pause();
        }
    }
}
