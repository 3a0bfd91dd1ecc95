package framebuffer.orchestrator.processors.health;

import framebuffer.wire.control.Heartbeat.HealthStatus;

/**
 * How we judge a processor.
 *
 * @param status
 *            the judgement
 * @param reason
 *            why, for people; the same as long as the same holds
 */
public record ProcessorHealth(HealthStatus status, String reason) {

    /** Whether it may be sent frames: an unhealthy one may not. */
    public boolean usable() {
        return status != HealthStatus.UNHEALTHY;
    }
}
