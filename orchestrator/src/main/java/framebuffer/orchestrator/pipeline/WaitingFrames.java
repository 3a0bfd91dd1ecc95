package framebuffer.orchestrator.pipeline;

import framebuffer.orchestrator.pipeline.Pump.PumpView;
import framebuffer.orchestrator.pipeline.admission.Window;
import framebuffer.orchestrator.pipeline.dispatch.Outgoing;
import framebuffer.orchestrator.pipeline.dispatch.TerminalFrames;
import framebuffer.orchestrator.pipeline.intake.Arrival;
import framebuffer.orchestrator.pipeline.intake.Arrival.PendingFrame;
import framebuffer.orchestrator.pipeline.intake.Arrival.TerminalArrival;
import framebuffer.orchestrator.pipeline.intake.Inbox;
import framebuffer.redis.cluster.ServiceClock.Interval;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.wire.EntryId;
import framebuffer.wire.control.CameraPolicy.Keep;
import framebuffer.wire.frame.ShedFrame.ShedReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The frames that wait in this instance: in the window for a processor, or ended and waiting for the next batch. For the pump's thread.
 */
public final class WaitingFrames {
    /** Interval between searches of the window for expired frames. */
    private static final Duration EXPIRE = Duration.ofMillis(250);

    private final String instance;
    private final int batch;
    private final PumpContext context;
    private final Window<PendingFrame> window;
    private final TerminalFrames terminal = new TerminalFrames();
    private Instant expiredAt = Instant.EPOCH;

    /**
     * @param instance the name of this instance, for the records of shed frames
     */
    public WaitingFrames(String instance, Pump.PipelineLimits limits, PumpContext context) {
        this.instance = instance;
        this.batch = limits.batch();
        this.context = context;
        this.window = new Window<>(limits.window(), limits.starvation());
    }

    /** Forgets all frames; pending ones are read again. */
    void clear() {
        window.removeIf(_ -> true);
        terminal.clear();
    }

    /** Forgets the frames of one source. */
    void drop(FrameSource source) {
        window.removeIf(pending -> pending.source().equals(source));
        terminal.drop(source);
    }

    boolean isEmpty() {
        return window.size() == 0;
    }

    /** Which frames have room. Returning frames may fill the window a second time. */
    Inbox.Room room() {
        if (context.known() && window.room() >= batch) {
            return Inbox.Room.ALL;
        }
        return window.isOverfull() ? Inbox.Room.NONE : Inbox.Room.RETURNING;
    }

    /** Whether an entry of a stream waits here. Searches from the oldest on, so that an old entry is found at once. */
    public boolean holds(String stream, EntryId entry) {
        boolean[] found = {terminal.holds(stream, entry)};
        window.forEach(
                pending -> found[0] |= pending.entry().equals(entry) && pending.source().stream().equals(stream));
        return found[0];
    }

    void admit(FrameSource source, Arrival arrival, Instant now) {
        switch (arrival) {
            case PendingFrame pending -> add(pending, now, 0);
            case TerminalArrival ended -> terminal.add(source, ended);
        }
    }

    /**
     * Admits a frame to the window; where the camera policy keeps only the newest frame, sheds the older ones.
     *
     * @param passed more urgent frames that went since the frame came
     */
    void add(PendingFrame pending, Instant now, long passed) {
        if (context.policies().of(pending.cameraId()).keep() == Keep.ALL) {
            window.add(pending, now, passed);
            return;
        }
        window.addLatest(pending, now, passed)
                .forEach(older -> terminal.add(older.source(), older.shed(ShedReason.SUPERSEDED,
                        "the policy keeps only the newest frame of the camera, and a newer one waits", now, instance)));
    }

    /** Ends frames that have waited too long, a batch at most. */
    void expire(Instant now) {
        if (isEmpty() || !Interval.isOver(expiredAt, EXPIRE, now)) {
            return;
        }
        int[] left = {batch};
        context.unroutable().begin();
        window.removeIf(pending -> waitsInVain(pending, now) != null && left[0]-- > 0)
                .forEach(pending -> terminal.add(pending.source(), Objects.requireNonNull(waitsInVain(pending, now))));
        expiredAt = left[0] < 0 ? Instant.EPOCH : now;
    }

    /** Why a frame ends before its hand-off; null: it does not. While the service is paused, no frame ends for want of a processor. */
    private @Nullable TerminalArrival waitsInVain(PendingFrame pending, Instant now) {
        TerminalArrival expired = expired(pending, now);
        return expired != null || context.paused() ? expired : context.unroutable().givenUp(pending, now);
    }

    /** Why a frame is too old to be sent; null: it is not. */
    @Nullable
    TerminalArrival expired(PendingFrame pending, Instant now) {
        String why = context.policies().of(pending.cameraId()).expired(pending.frame(), pending.captureId(), now);
        return why == null ? null : pending.shed(ShedReason.EXPIRED, why, now, instance);
    }

    /** Offers slots to waiting frames, a batch at most; see {@link Window#offer}. */
    void offer(Instant now, Window.Placement<PendingFrame> placement) {
        window.offer(now, batch, placement);
    }

    /** Takes the ended frames by source, at most a batch of each. */
    Map<FrameSource, List<Outgoing>> ended() {
        return terminal.take(batch);
    }

    PumpView view(Instant now, Assigner assigner) {
        Duration oldest = window.oldest().map(pending -> Duration.between(pending.captureId().time(), now))
                .filter(Duration::isPositive).orElse(Duration.ZERO);
        return new PumpView(window.size(), window.bytes(), oldest, assigner.outstanding(),
                context.paused() ? Map.of() : assigner.shortage(window.lengths()), context.unroutable().missing());
    }
}
