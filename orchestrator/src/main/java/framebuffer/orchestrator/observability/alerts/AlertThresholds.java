package framebuffer.orchestrator.observability.alerts;

import java.time.Duration;

/**
 * Thresholds of alerts and {@linkplain Verdicts verdicts}.
 *
 * @param cameraSilence
 *            a camera that has sent no frame for longer is silent
 * @param cameraForgotten
 *            a camera that has sent no frame for longer is gone for good: no alert
 * @param backlog
 *            frames that no instance has read
 * @param oldest
 *            longest wait of a frame in the window
 * @param latency
 *            95th percentile of the time from capture to acknowledgement
 * @param remembered
 *            how long the loss of frames, or of an instance, stays an alert
 * @param hurry
 *            divisor of {@link AlertRule#pending}, so that alerts fire sooner; 1: no sooner
 */
public record AlertThresholds(Duration cameraSilence, Duration cameraForgotten, long backlog, Duration oldest,
        Duration latency, Duration remembered, int hurry) {
    /** The thresholds of the Prometheus rules. */
    public static final AlertThresholds DEFAULT = new AlertThresholds(Duration.ofMinutes(5), Duration.ofHours(1),
            1_000, Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofMinutes(5), 1);

    /** How long the condition must hold until the alert fires. */
    Duration pending(AlertRule rule) {
        return rule.pending().dividedBy(hurry);
    }
}
