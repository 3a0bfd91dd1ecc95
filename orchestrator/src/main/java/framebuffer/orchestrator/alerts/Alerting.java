package framebuffer.orchestrator.alerts;

import org.jspecify.annotations.Nullable;

/**
 * What is worth an alert, and who is told.
 *
 * @param webhook
 *            null: nobody; who wants to know asks
 */
public record Alerting(Thresholds thresholds, AlertWebhook.@Nullable Settings webhook) {
    /** The thresholds of the Prometheus rules, and nobody is told. */
    public static final Alerting DEFAULT = new Alerting(Thresholds.DEFAULT, null);
}
