package framebuffer.orchestrator.observability.alerts;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is worth an alert, and who is told.
 *
 * @param webhook
 *            null: nobody; who wants to know asks
 */
public record AlertSettings(AlertThresholds thresholds, AlertWebhook.@Nullable WebhookSettings webhook) {
    /** The thresholds of the Prometheus rules, and nobody is told. */
    public static final AlertSettings DEFAULT = new AlertSettings(AlertThresholds.DEFAULT, null);

    /**
     * From when on something is worth an alert.
     *
     * @param cameraSilence
     *            how long a camera must have sent nothing
     * @param cameraForgotten
     *            how long it must have sent nothing until it is taken for gone for good
     * @param backlog
     *            frames that have not even been read
     * @param oldest
     *            how long a frame may wait in the window
     * @param latency
     *            how long one frame in twenty may take, from capture to acknowledgement
     * @param remembered
     *            for how long it is told that frames were lost, or an instance is gone
     * @param hurry
     *            by how much sooner than {@link AlertRule#pending} an alert fires; 1: no sooner
     */
    public record AlertThresholds(Duration cameraSilence, Duration cameraForgotten, long backlog, Duration oldest,
            Duration latency, Duration remembered, int hurry) {
        /** Those of the Prometheus rules. */
        public static final AlertThresholds DEFAULT = new AlertThresholds(Duration.ofMinutes(5), Duration.ofHours(1),
                1_000, Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofMinutes(5), 1);

        /** How long it must be so until it fires. */
        Duration pending(AlertRule rule) {
            return rule.pending().dividedBy(hurry);
        }
    }
}
