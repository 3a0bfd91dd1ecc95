package framebuffer.vision.camera;

import framebuffer.vision.sink.FrameSink;
import framebuffer.vision.source.CameraUnavailable;
import framebuffer.vision.source.PictureDeadline;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A camera at work: publishes pictures of its video as frames, until it is closed or its file ends.
 *
 * <p>
 * A live video that breaks off is opened again, after a pause that doubles from 0.5 to 10 s. Frames that cannot be published are
 * dropped and counted.
 */
public final class Camera implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Camera.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);

    private final CameraSettings settings;
    private final FrameSink sink;
    private final InstantSource clock;
    private final Announcer announcer;
    private final PictureDeadline deadline;
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    private @Nullable VideoSource opened;
    private Duration pause = FIRST_PAUSE;
    private boolean away;
    private boolean started;

    private Camera(CameraSettings settings, FrameSink sink, InstantSource clock) {
        this.settings = settings;
        this.sink = sink;
        this.clock = clock;
        this.announcer = new Announcer(settings, sink);
        this.deadline = new PictureDeadline(settings.pictures().timeout(), System::nanoTime);
        // Most of its time it is in native code, which would hold on to the carrier of a virtual thread.
        this.thread = Thread.ofPlatform().daemon().name("camera-" + settings.cameraId()).unstarted(this::run);
    }

    /**
     * Opens the video, so that what is wrong with it is known at once, and waits to be started.
     *
     * @param sink
     *            is closed with the camera, also when the video cannot be opened
     * @throws CameraUnavailable
     *             when there is no such video
     */
    public static Camera open(CameraSettings settings, FrameSink sink, InstantSource clock) {
        Camera camera = new Camera(settings, sink, clock);
        try {
            camera.opened = camera.video();
            return camera;
        } catch (CameraUnavailable e) {
            sink.close();
            throw e;
        }
    }

    /** Starts it. Starting twice, or after a close, does nothing. */
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

    public Statistics statistics() {
        return announcer.statistics();
    }

    /** Done when it has ended: closed, or at the end of its file; exceptionally when its file broke off. */
    public CompletableFuture<Void> finished() {
        return finished.copy();
    }

    /** Ends it and waits until it has, for at most 10 s. May be called at any time, twice too. */
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
            try (VideoSource video = video()) {
                play(video);
                ended = true;
            } catch (CameraUnavailable e) {
                if (stopped()) {
                    return;
                }
                if (!settings.address().live()) {
                    throw e;
                }
                lost(e);
            }
        }
    }

    private VideoSource video() {
        VideoSource first = opened;
        opened = null;
        return first != null
                ? first
                : VideoSource.open(settings.address(), settings.pictures(), clock, deadline.anew());
    }

    /** Plays a video to its end, as often as is wanted, or until the camera is closed. */
    private void play(VideoSource video) throws InterruptedException {
        Playback playback = new Playback(video.live(), clock.millis());
        boolean again = true;
        while (again) {
            int shots = 0;
            for (Shot shot = video.next(); shot != null; shot = video.next()) {
                shots++;
                if (stopping.await(playback.waitMillis(shot.atMicros(), clock.millis()), TimeUnit.MILLISECONDS)) {
                    return;
                }
                found();
                announcer.announce(shot, clock.instant());
            }
            again = settings.loop() && shots > 0;
            if (again) {
                playback.again(video.lengthMicros());
                video.rewind();
            }
        }
    }

    private boolean stopped() {
        return stopping.getCount() == 0;
    }

    private void found() {
        pause = FIRST_PAUSE;
        if (away) {
            away = false;
            log.info("camera {} is back", cameraId());
        }
    }

    private void lost(CameraUnavailable e) throws InterruptedException {
        if (!away && !stopped()) {
            away = true;
            log.warn("camera {} is away: {}; trying again", cameraId(), e.getMessage());
        }
        if (!stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
    }
}
