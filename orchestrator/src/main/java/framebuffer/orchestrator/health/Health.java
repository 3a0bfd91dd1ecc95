package framebuffer.orchestrator.health;

import framebuffer.wire.processor.Heartbeat.Status;

/**
 * How we judge a processor.
 *
 * @param status
 *            the judgement
 * @param reason
 *            why, for people; the same as long as the same holds
 */
public record Health(Status status, String reason) {

    /** Whether it may be sent frames: an unhealthy one may not. */
    public boolean usable() {
        return status != Status.UNHEALTHY;
    }
}
