package framebuffer.orchestrator.processors.health;

import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Judges a processor by its last sign of life, its heartbeat and its health endpoint. Silence outweighs reports: a processor is unhealthy
 * when it is silent for its lease, or when its endpoint does not answer.
 */
public final class HealthPolicy {
    private static final int INTERVALS = 2;

    private HealthPolicy() {
    }

    /** How long a processor may be silent: two of its heartbeat intervals (docs/protocol.md 3.2). */
    public static Duration lease(Registration registration) {
        return registration.heartbeatInterval().multipliedBy(INTERVALS);
    }

    /**
     * Judges.
     *
     * @param lastSeen its last sign of life, a registration included; a later moment than {@code now} counts as now
     * @param said the status in its last heartbeat; null: none since it registered
     * @param poll the answer of its health endpoint; {@link HealthPoll#NONE} if it has none
     */
    public static ProcessorHealth judge(Registration registration, Instant lastSeen,
            Heartbeat.@Nullable HealthStatus said, HealthPoll poll,
            Instant now) {
        Duration lease = lease(registration);
        if (!lastSeen.plus(lease).isAfter(now)) {
            return new ProcessorHealth(Heartbeat.HealthStatus.UNHEALTHY,
                    "no sign of life within its lease of " + text(lease));
        }
        if (said != Heartbeat.HealthStatus.UNHEALTHY && poll.kind() == HealthPoll.PollOutcome.SILENT) {
            return new ProcessorHealth(Heartbeat.HealthStatus.UNHEALTHY,
                    "its health endpoint " + poll.kind().words());
        }
        if (said != Heartbeat.HealthStatus.UNHEALTHY
                && (poll.kind() == HealthPoll.PollOutcome.BAD || poll.kind() == HealthPoll.PollOutcome.DEGRADED)) {
            return new ProcessorHealth(Heartbeat.HealthStatus.DEGRADED, "its health endpoint " + poll.kind().words());
        }
        return switch (said) {
            case null -> new ProcessorHealth(Heartbeat.HealthStatus.HEALTHY,
                    "registered, and within its lease of " + text(lease));
            case HEALTHY -> new ProcessorHealth(Heartbeat.HealthStatus.HEALTHY,
                    "reports healthy, and is within its lease of " + text(lease));
            case DEGRADED -> new ProcessorHealth(Heartbeat.HealthStatus.DEGRADED, "reports itself degraded");
            case UNHEALTHY -> new ProcessorHealth(Heartbeat.HealthStatus.UNHEALTHY, "reports itself unhealthy");
        };
    }

    private static String text(Duration duration) {
        return duration.toMillis() % 1_000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}
