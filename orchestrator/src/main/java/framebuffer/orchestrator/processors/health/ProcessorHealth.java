package framebuffer.orchestrator.processors.health;

import framebuffer.wire.control.Heartbeat.HealthStatus;

/**
 * The judged health of a processor.
 *
 * @param reason as text; equal while the same reason holds
 */
public record ProcessorHealth(HealthStatus status, String reason) {

    /** Whether it may be sent frames: it is not unhealthy. */
    public boolean usable() {
        return status != HealthStatus.UNHEALTHY;
    }
}
