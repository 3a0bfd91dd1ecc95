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

/** Decides the next state of a circuit. */
public final class CircuitPolicy {
    private final CircuitThresholds thresholds;

    /**
     * Thresholds of the transitions.
     *
     * @param failures consecutive failures that open a circuit
     * @param recovery how long a circuit is open before probes are sent
     * @param successes successful probes that close it, and most probes outstanding at once
     * @param stall how long a processor with frames may acknowledge none; its own processing timeout if that is longer
     */
    public record CircuitThresholds(int failures, Duration recovery, int successes, Duration stall) {
        public static final CircuitThresholds DEFAULT = new CircuitThresholds(3, Duration.ofSeconds(60), 3,
                Duration.ofSeconds(30));
    }

    public CircuitPolicy(CircuitThresholds thresholds) {
        this.thresholds = thresholds;
    }

    /** The next state; an equal one when nothing changes. */
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

    /** A processor that registered since is probed at once: it may have been restarted because of the failures. */
    private Circuit next(Open open, QueueActivity seen, Instant now) {
        if (open.cause() == Cause.STALLED && seen.acknowledgedAfter(open.since())) {
            return Circuit.CLOSED;
        }
        // Redis's clock may be set back, so the distance counts in either direction.
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
     * Activity of a processor at its queue, by Redis's clock.
     *
     * @param registration the processor
     * @param registeredAt start of its current incarnation
     * @param watchedSince start of the current observation: while Redis is away no acknowledgement is seen
     * @param acknowledgedAt its last acknowledgement; null: not inspected yet
     * @param owedSince since when it has had outstanding frames continuously; null: it has none
     */
    public record QueueActivity(Registration registration, Instant registeredAt, Instant watchedSince,
            @Nullable Instant acknowledgedAt, @Nullable Instant owedSince) {

        boolean acknowledgedAfter(Instant time) {
            return acknowledgedAt != null && acknowledgedAt.isAfter(time);
        }
    }
}
