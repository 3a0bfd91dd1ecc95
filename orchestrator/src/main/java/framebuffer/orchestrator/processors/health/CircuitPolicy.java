package framebuffer.orchestrator.processors.health;

import framebuffer.orchestrator.processors.health.Circuit.Cause;
import framebuffer.orchestrator.processors.health.Circuit.Closed;
import framebuffer.orchestrator.processors.health.Circuit.HalfOpen;
import framebuffer.orchestrator.processors.health.Circuit.Open;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Decides where a circuit goes next. */
public final class CircuitPolicy {
    private final CircuitThresholds thresholds;

    /**
     * When it goes on.
     *
     * @param failures
     *            so many in a row open it
     * @param recovery
     *            so long it is open before a few frames are let through
     * @param successes
     *            so many of these close it; and so many may be outstanding at once
     * @param stall
     *            so long a processor that has frames may acknowledge none; one that announces a longer processing timeout, that long
     */
    public record CircuitThresholds(int failures, Duration recovery, int successes, Duration stall) {
        public static final CircuitThresholds DEFAULT = new CircuitThresholds(3, Duration.ofSeconds(60), 3,
                Duration.ofSeconds(30));
    }

    public CircuitPolicy(CircuitThresholds thresholds) {
        this.thresholds = thresholds;
    }

    /** The circuit as it shall be now; an equal one: as it is. */
    public Circuit next(Circuit circuit, QueueActivity seen, Instant now) {
        return switch (circuit) {
            case Closed closed -> next(closed, seen, now);
            case Open open -> next(open, seen, now);
            case HalfOpen halfOpen -> next(halfOpen, seen, now);
        };
    }

    private Circuit next(Closed closed, QueueActivity seen, Instant now) {
        if (stalled(seen, seen.registeredAt(), now)) {
            return new Open(now, Cause.STALLED);
        }
        return closed.failures() >= thresholds.failures() ? new Open(now, Cause.FAILURES) : closed;
    }

    /** Whoever registered anew since is tried at once: it may have been started again for this very reason. */
    private Circuit next(Open open, QueueActivity seen, Instant now) {
        if (open.cause() == Cause.STALLED && seen.acknowledgedAfter(open.since())) {
            return Circuit.CLOSED;
        }
        // Redis's clock may be set back: what lies ahead is as old as what lies behind.
        boolean over = Duration.between(open.since(), now).abs().compareTo(thresholds.recovery()) >= 0;
        return over || seen.registeredAt().isAfter(open.since())
                ? new HalfOpen(now, 0, false, open.cause())
                : open;
    }

    private Circuit next(HalfOpen halfOpen, QueueActivity seen, Instant now) {
        if (halfOpen.failed()) {
            return new Open(now, halfOpen.cause());
        }
        boolean works = halfOpen.cause() == Cause.STALLED
                ? halfOpen.successes() > 0 || seen.acknowledgedAfter(halfOpen.since())
                : halfOpen.successes() >= thresholds.successes();
        if (works) {
            return Circuit.CLOSED;
        }
        return stalled(seen, halfOpen.since(), now) ? new Open(now, Cause.STALLED) : halfOpen;
    }

    private boolean stalled(QueueActivity seen, Instant begun, Instant now) {
        if (seen.owedSince() == null) {
            return false;
        }
        Duration own = seen.registration().processingTimeout();
        Duration patience = own != null && own.compareTo(thresholds.stall()) > 0 ? own : thresholds.stall();
        Instant quietSince = Stream.of(seen.owedSince(), begun, seen.registeredAt(), seen.watchedSince(),
                seen.acknowledgedAt() == null ? begun : seen.acknowledgedAt()).max(Instant::compareTo).orElseThrow();
        return !quietSince.plus(patience).isAfter(now);
    }

    /**
     * What is seen of a processor at its queue, by Redis's clock.
     *
     * @param registration
     *            who it is
     * @param registeredAt
     *            when its present life began
     * @param watchedSince
     *            since when it could be seen without interruption: while Redis is away nobody acknowledges anything
     * @param acknowledgedAt
     *            when it last acknowledged anything; null: nobody has looked yet
     * @param owedSince
     *            since when something is outstanding without interruption; null: nothing is
     */
    public record QueueActivity(Registration registration, Instant registeredAt, Instant watchedSince,
            @Nullable Instant acknowledgedAt, @Nullable Instant owedSince) {

        boolean acknowledgedAfter(Instant time) {
            return acknowledgedAt != null && acknowledgedAt.isAfter(time);
        }
    }
}
