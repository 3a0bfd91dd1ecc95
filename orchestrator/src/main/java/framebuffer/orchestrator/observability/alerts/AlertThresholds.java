package framebuffer.orchestrator.observability.alerts;

import java.time.Duration;

/**
 * Thresholds of alerts and {@linkplain Verdicts verdicts}.
 *
 * @param cameraSilence time without a frame after which a camera is silent
 * @param cameraForgotten time without a frame after which a camera is gone for good, without an alert
 * @param backlog unread frames
 * @param oldest longest wait of a frame in the window
 * @param latency 95th percentile of the time from capture to acknowledgement
 * @param remembered how long an alert about lost frames, or a lost instance, lasts
 * @param hurry divisor of {@link AlertRule#pending}, so that alerts fire sooner; 1: no sooner
 */
public record AlertThresholds(Duration cameraSilence, Duration cameraForgotten, long backlog, Duration oldest,
        Duration latency, Duration remembered, int hurry) {
    /** The thresholds of the Prometheus rules. */
    public static final AlertThresholds DEFAULT = new AlertThresholds(Duration.ofMinutes(5), Duration.ofHours(1),
            1_000, Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofMinutes(5), 1);

    /** How long the condition must hold before the alert fires. */
    Duration pending(AlertRule rule) {
        return rule.pending().dividedBy(hurry);
    }
}
