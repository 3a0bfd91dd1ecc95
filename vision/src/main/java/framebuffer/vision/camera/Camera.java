package framebuffer.vision.camera;

import framebuffer.vision.source.CameraUnavailable;
import framebuffer.vision.source.DecodeCounts;
import framebuffer.vision.source.PictureDeadline;
import framebuffer.vision.source.PictureDelivery;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running camera: publishes pictures of its video as frames, until it is closed or its file ends.
 *
 * <p>
 * A live video that breaks off is opened again, after a pause that doubles from 0.5 to 10 s. An address that sends a single picture is
 * opened again for each picture. Frames that cannot be published are dropped and counted.
 */
public final class Camera implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Camera.class);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);

    private final CameraSettings settings;
    private final FrameSink sink;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final Announcer announcer;
    private final LongAdder undecodable = new LongAdder();
    private final PictureDeadline deadline;
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    private @Nullable VideoSource opened;
    private @Nullable PictureDelivery delivery;
    private boolean judged;
    private final Outage outage;
    private boolean started;

    private Camera(CameraSettings settings, FrameSink sink, InstantSource clock, LongSupplier nanos) {
        this.settings = settings;
        this.sink = sink;
        this.clock = clock;
        this.nanos = nanos;
        this.announcer = new Announcer(settings, sink);
        this.outage = new Outage(settings.cameraId());
        this.deadline = new PictureDeadline(settings.pictures().timeout(), System::nanoTime);
        // A platform thread: native code would pin the carrier of a virtual thread most of the time.
        this.thread = Thread.ofPlatform().daemon().name("camera-" + settings.cameraId()).unstarted(this::run);
    }

    /**
     * Opens the video, so that its faults are known at once; {@link #start} plays it.
     *
     * @param sink closed with the camera, even if the video cannot be opened
     * @param clock gives the timestamps of frames; may jump
     * @param nanos schedules pictures; monotonic, like {@link System#nanoTime()}
     * @throws CameraUnavailable when the video cannot be opened
     */
    public static Camera open(CameraSettings settings, FrameSink sink, InstantSource clock, LongSupplier nanos) {
        Camera camera = waiting(settings, sink, clock, nanos);
        try {
            camera.opened = camera.video();
            return camera;
        } catch (CameraUnavailable e) {
            sink.close();
            throw e;
        }
    }

    /** Creates a camera that opens its video at the start, and waits for a live video without limit. */
    public static Camera waiting(CameraSettings settings, FrameSink sink, InstantSource clock, LongSupplier nanos) {
        return new Camera(settings, sink, clock, nanos);
    }

    /** Starts the camera. A second start, or a start after a close, does nothing. */
    public synchronized Camera start() {
        if (!started && stopping.getCount() > 0) {
            started = true;
            thread.start();
        }
        return this;
    }

    public String cameraId() {
        return settings.cameraId();
    }

    public CameraStatistics statistics() {
        return announcer.statistics(undecodable.sum());
    }

    /**
     * Completes when the camera is closed or its recording ends; exceptionally if the recording broke off or most pictures could not be
     * decoded.
     */
    public CompletableFuture<Void> finished() {
        return finished.copy();
    }

    /** Stops the camera and waits for at most 10 s. May be called at any time and more than once. */
    @Override
    public void close() {
        stopping.countDown();
        deadline.stop();
        if (neverStarted()) {
            end();
            finished.complete(null);
            return;
        }
        try {
            if (!thread.join(STOP_WITHIN)) {
                log.warn("camera {} did not end within {} s", cameraId(), STOP_WITHIN.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean neverStarted() {
        return !started;
    }

    private void end() {
        VideoSource unused = opened;
        opened = null;
        if (unused != null) {
            unused.close();
        }
        sink.close();
    }

    private void run() {
        try {
            watch();
            finished.complete(null);
        } catch (InterruptedException e) {
            log.debug("camera {} was interrupted and ends", cameraId());
            finished.complete(null);
        } catch (RuntimeException e) {
            log.error("camera {} ends: {}", cameraId(), e.getMessage(), e instanceof CameraUnavailable ? null : e);
            finished.completeExceptionally(e);
        } finally {
            end();
        }
    }

    private void watch() throws InterruptedException {
        boolean ended = false;
        while (!ended && !stopped()) {
            try {
                ended = playedToItsEnd();
            } catch (CameraUnavailable e) {
                if (stopped()) {
                    return;
                }
                if (!live()) {
                    throw e;
                }
                outage.begins(e);
                rest(outage.pause());
            }
        }
    }

    /** Returns false if the address has another picture that is due now. */
    private boolean playedToItsEnd() throws InterruptedException {
        long begun = nanos.getAsLong();
        try (VideoSource video = video()) {
            play(video);
            if (video.delivery() != PictureDelivery.SNAPSHOT) {
                return true;
            }
        }
        rest(settings.pictures().interval().minusNanos(nanos.getAsLong() - begun));
        return false;
    }

    private VideoSource video() {
        VideoSource first = opened;
        opened = null;
        return first != null
                ? first
                : VideoSource.open(settings.address(), settings.pictures(), nanos, deadline.restart());
    }

    /** Whether the video is live; before the first connection, decided by its address. */
    private boolean live() {
        PictureDelivery seen = delivery;
        return seen == null ? settings.address().live() : seen.live();
    }

    /** Plays a video to its end, once or in a loop, or until the camera is closed. */
    private void play(VideoSource video) throws InterruptedException {
        if (delivery == null) {
            delivery = video.delivery();
        } else if (live() && !video.delivery().live()) {
            throw new CameraUnavailable(settings.address() + " is now a recording instead of live video");
        }
        Playback playback = new Playback(video.delivery().dueOnArrival(), millis());
        boolean again = true;
        while (again && publish(video, playback)) {
            judge(video.counts());
            again = settings.loop() && !live();
            if (again) {
                playback.again(video.lengthMicros());
                video.rewind();
            }
        }
    }

    /** Publishes all pictures of a video; returns false if the camera was closed first. */
    private boolean publish(VideoSource video, Playback playback) throws InterruptedException {
        for (Shot shot = next(video); shot != null; shot = next(video)) {
            if (stopping.await(playback.waitMillis(shot.atMicros(), millis()), TimeUnit.MILLISECONDS)) {
                return false;
            }
            outage.ends();
            announcer.announce(shot, clock.instant());
        }
        return true;
    }

    private @Nullable Shot next(VideoSource video) {
        long before = video.counts().undecodable();
        try {
            return video.next();
        } finally {
            undecodable.add(video.counts().undecodable() - before);
        }
    }

    /** Reports the undecodable pictures of a recording at its end. */
    private void judge(DecodeCounts counts) {
        if (counts.mostlyLost()) {
            throw new CameraUnavailable("of " + counts.coded() + " pictures of " + settings.address() + " only "
                    + counts.whole() + " could be decoded without an error");
        }
        if (counts.undecodable() > 0 && !judged) {
            log.warn("camera {}: {} of {} pictures of {} could not be decoded without an error", cameraId(),
                    counts.undecodable(), counts.coded(), settings.address());
        }
        judged = true;
    }

    private long millis() {
        return TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong());
    }

    private boolean stopped() {
        return stopping.getCount() == 0;
    }

    private void rest(Duration time) throws InterruptedException {
        stopping.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }
}
