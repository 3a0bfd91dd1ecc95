package framebuffer.orchestrator.observability.alerts;

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
}
