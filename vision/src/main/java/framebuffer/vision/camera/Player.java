package framebuffer.vision.camera;

import framebuffer.vision.decode.DecodeCounts;
import framebuffer.vision.source.CameraUnavailable;
import framebuffer.vision.source.PictureDeadline;
import framebuffer.vision.source.PictureDelivery;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays the video of a camera on one thread, and opens it again when it breaks off. A thread whose decoder hangs is abandoned; another
 * player then takes its place, and this one ends when the decoder returns, without a further effect.
 */
final class Player {
    private static final Logger log = LoggerFactory.getLogger(Player.class);
    private static final int CALLS_LOGGED = 12;

    private final CameraSettings settings;
    private final Announcer announcer;
    private final CameraProgress progress;
    private final CountDownLatch stopping;
    private final LongSupplier nanos;
    private final PictureDeadline deadline;
    private final Set<Class<?>> logged = new HashSet<>();
    private @Nullable VideoSource opened;
    private @Nullable PictureDelivery delivery;
    private boolean judged;

    /**
     * @param stopping the camera is closed when it is zero
     * @param nanos schedules pictures; monotonic, like {@link System#nanoTime()}
     */
    Player(CameraSettings settings, Announcer announcer, CameraProgress progress, CountDownLatch stopping,
            LongSupplier nanos) {
        this.settings = settings;
        this.announcer = announcer;
        this.progress = progress;
        this.stopping = stopping;
        this.nanos = nanos;
        this.deadline = new PictureDeadline(settings.pictures().timeout(), System::nanoTime);
    }

    /** A player for the same camera, in the place of one that hangs. */
    Player replacement() {
        Player next = new Player(settings, announcer, progress, stopping, nanos);
        next.delivery = delivery;
        return next;
    }

    /**
     * Opens the video before it is played.
     *
     * @throws CameraUnavailable when the video cannot be opened
     */
    void open() {
        opened = video();
    }

    /** For any thread: the video is not waited for any longer, and its thread is abandoned if it does not return. */
    PictureDeadline deadline() {
        return deadline;
    }

    /**
     * Plays until the recording ends or the camera is closed.
     *
     * @param pause time until the video is opened
     * @throws CameraUnavailable when the recording broke off or could not be decoded
     */
    void play(Duration pause) throws InterruptedException {
        rest(pause);
        boolean ended = false;
        while (!ended && !stopped()) {
            try {
                ended = playedToItsEnd();
            } catch (CameraUnavailable e) {
                unavailable(e);
            } catch (RuntimeException | Error e) {
                unavailable(unexpected(e));
            }
        }
    }

    private void unavailable(CameraUnavailable why) throws InterruptedException {
        if (stopped()) {
            return;
        }
        if (!live()) {
            throw why;
        }
        rest(progress.unavailable(why));
    }

    /** A fault of this program: its text may quote the address with its password, so it is neither shown nor logged. */
    private CameraUnavailable unexpected(Throwable fault) {
        if (logged.add(fault.getClass())) {
            log.error("camera {} has an unexpected error: {} at {}", settings.cameraId(),
                    fault.getClass().getName(), Arrays.stream(fault.getStackTrace()).limit(CALLS_LOGGED).toList());
        }
        return new CameraUnavailable("an unexpected error: " + fault.getClass().getSimpleName());
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
            Instant now = progress.due(video);
            if (announcer.announce(shot, now)) {
                progress.published();
            }
        }
        return true;
    }

    private @Nullable Shot next(VideoSource video) {
        long received = video.received();
        long lost = video.counts().undecodable();
        try {
            return video.next();
        } finally {
            progress.received(video.received() - received, video.counts().undecodable() - lost);
        }
    }

    /** Reports the undecodable pictures of a recording at its end. */
    private void judge(DecodeCounts counts) {
        if (counts.mostlyLost()) {
            throw new CameraUnavailable("of " + counts.coded() + " pictures of " + settings.address() + " only "
                    + counts.whole() + " could be decoded without an error");
        }
        if (counts.undecodable() > 0 && !judged) {
            log.warn("camera {}: {} of {} pictures of {} could not be decoded without an error", settings.cameraId(),
                    counts.undecodable(), counts.coded(), settings.address());
        }
        judged = true;
    }

    /** Closes a video that was opened and not played. */
    void closeUnplayed() {
        VideoSource unused = opened;
        opened = null;
        if (unused != null) {
            unused.close();
        }
    }

    private long millis() {
        return TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong());
    }

    private boolean stopped() {
        return stopping.getCount() == 0 || deadline.abandoned();
    }

    private void rest(Duration time) throws InterruptedException {
        stopping.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }
}
