package framebuffer.vision.camera;

import framebuffer.vision.source.CameraUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** What is known of a camera while it plays: written by the thread that plays it, read by any. */
final class CameraProgress {
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final Outage outage;
    private final RateMeter pictures = new RateMeter();
    private final RateMeter frames = new RateMeter();
    private final LongAdder undecodable = new LongAdder();
    private final AtomicReference<CameraState> state;

    CameraProgress(String cameraId, InstantSource clock, LongSupplier nanos) {
        this.clock = clock;
        this.nanos = nanos;
        this.outage = new Outage(cameraId);
        this.state = new AtomicReference<>(CameraState.opening(clock.instant()));
    }

    /** The video gave coded pictures. */
    void received(long coded, long lost) {
        pictures.add(nanos.getAsLong(), coded);
        undecodable.add(lost);
    }

    /** A picture is due now; returns the time. */
    Instant due(VideoSource video) {
        Instant now = clock.instant();
        outage.ends();
        state.updateAndGet(last -> last.picture(now, video.decoder(), video.width(), video.height()));
        return now;
    }

    /** A frame was published. */
    void published() {
        frames.add(nanos.getAsLong(), 1);
    }

    /** The video is unavailable; returns the pause before the next attempt. */
    Duration unavailable(CameraUnavailable why) {
        outage.begins(why);
        state.updateAndGet(last -> last.waiting(clock.instant(), String.valueOf(why.getMessage())));
        return outage.pause();
    }

    void ended(String why) {
        state.updateAndGet(last -> last.ended(clock.instant(), why));
    }

    CameraState state() {
        long now = nanos.getAsLong();
        return state.get().measured(pictures.perSecond(now), frames.perSecond(now));
    }

    long undecodable() {
        return undecodable.sum();
    }
}
