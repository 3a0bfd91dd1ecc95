package framebuffer.vision.camera;

import framebuffer.vision.source.CameraUnavailable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running camera: publishes pictures of its video as frames, until it is closed or its file ends.
 *
 * <p>
 * A live video that breaks off is opened again, after a pause that doubles from 0.5 to 10 s; so is one whose decoder fails or hangs. An
 * address that sends a single picture is opened again for each picture. Frames that cannot be published are dropped and counted.
 *
 * <p>
 * Each camera has one thread, so that none waits for another. A thread that hangs in native code is abandoned and replaced, unless
 * three of this camera hang already.
 */
public final class Camera implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Camera.class);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);
    private static final int MOST_HUNG = 3;
    private static final String CLOSED = "closed";

    private final CameraSettings settings;
    private final FrameSink sink;
    private final Announcer announcer;
    private final CameraProgress progress;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    /** One copy for all callers: each copy stays attached to its original until that completes. */
    private final CompletableFuture<Void> ended = finished.copy();
    private final List<Thread> hung = new ArrayList<>();
    private Player player;
    private @Nullable Thread thread;
    private Duration pause = Duration.ZERO;
    private boolean started;

    private Camera(CameraSettings settings, FrameSink sink, InstantSource clock, LongSupplier nanos) {
        this.settings = settings;
        this.sink = sink;
        this.announcer = new Announcer(settings, sink);
        this.progress = new CameraProgress(settings.cameraId(), clock, nanos);
        this.player = new Player(settings, announcer, progress, stopping, nanos);
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
            camera.player.open();
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
        if (!started && !stopped()) {
            started = true;
            Watchdog.add(this);
            startThread();
        }
        return this;
    }

    private void startThread() {
        Player playing = player;
        Duration before = pause;
        // A platform thread: native code would pin the carrier of a virtual thread most of the time.
        thread = Thread.ofPlatform().daemon().name("camera-" + cameraId()).start(() -> run(playing, before));
    }

    public String cameraId() {
        return settings.cameraId();
    }

    public CameraStatistics statistics() {
        return announcer.statistics(progress.undecodable());
    }

    /** What the camera does now. Thread-safe. */
    public CameraState state() {
        return progress.state();
    }

    /**
     * Completes when the camera is closed or its recording ends; exceptionally if the recording broke off or most pictures could not be
     * decoded.
     */
    public CompletableFuture<Void> finished() {
        return ended;
    }

    /** Stops the camera and waits for at most 10 s. May be called at any time and more than once. */
    @Override
    public void close() {
        stopping.countDown();
        stop();
        try {
            // Waits for what callers see: the original completes its other dependents first.
            ended.handle((_, _) -> 0).get(STOP_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.warn("camera {} did not end within {} s", cameraId(), STOP_WITHIN.toSeconds());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void stop() {
        player.deadline().stop();
        if (thread == null) {
            release(CLOSED, null);
        }
    }

    private void run(Player playing, Duration before) {
        try {
            playing.play(before);
            end(playing, stopped() ? CLOSED : "the recording has ended", null);
        } catch (InterruptedException e) {
            log.debug("camera {} was interrupted and ends", cameraId());
            end(playing, CLOSED, null);
        } catch (CameraUnavailable e) {
            end(playing, String.valueOf(e.getMessage()), e);
        }
    }

    /** Ends the camera, unless another player has replaced this one. */
    private synchronized void end(Player playing, String why, @Nullable CameraUnavailable fault) {
        if (playing == player && !playing.deadline().abandoned()) {
            release(why, fault);
        }
    }

    private void release(String why, @Nullable CameraUnavailable fault) {
        if (finished.isDone()) {
            return;
        }
        Watchdog.remove(this);
        player.closeUnplayed();
        sink.close();
        progress.ended(why);
        if (fault == null) {
            finished.complete(null);
        } else {
            log.error("camera {} ends: {}", cameraId(), why);
            finished.completeExceptionally(fault);
        }
    }

    /** Lets another thread play the video if native code hangs in the one that does. */
    synchronized void replaceHungPlayer() {
        Thread playing = thread;
        if (playing != null && player.deadline().abandonIfHung()) {
            hung.add(playing);
            thread = null;
            if (!stopped()) {
                pause = progress.unavailable(new CameraUnavailable("the decoder of " + settings.address() + " hangs"));
            }
        }
        hung.removeIf(one -> !one.isAlive());
        if (thread == null && stopped()) {
            release(CLOSED, null);
        } else if (thread == null && hung.size() < MOST_HUNG) {
            player = player.replacement();
            startThread();
        }
    }

    private boolean stopped() {
        return stopping.getCount() == 0;
    }
}
