package framebuffer.app.serve;

import framebuffer.app.help.Essential;
import framebuffer.app.help.OptionGroup;
import framebuffer.app.terminal.CannotRun;
import framebuffer.orchestrator.observability.alerts.AlertWebhook;
import framebuffer.wire.SecretAddress;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the service sends alerts. */
@OptionGroup("Alerts")
final class AlertOptions {
    @Essential(in = {"serve", "run"})
    @Option(names = "--alert-webhook", paramLabel = "URL", description = "URL to which the service sends alerts, in the form of Alertmanager's webhooks.")
    private @Nullable SecretAddress webhook;

    AlertWebhook.@Nullable WebhookReceiver receiver() {
        return webhook == null ? null : new AlertWebhook.WebhookReceiver(httpAddress("--alert-webhook", webhook));
    }

    /**
     * Checks the address of a webhook.
     *
     * @throws CannotRun when it is none; the message does not repeat it
     */
    static SecretAddress httpAddress(String option, SecretAddress given) {
        try {
            URI address = new URI(given.reveal());
            if (address.getHost() != null
                    && ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))) {
                return given;
            }
        } catch (URISyntaxException e) {
            // Drop the message: it contains the address, which may contain a secret.
        }
        throw new CannotRun(option + " must be a URL such as http://host:port/path");
    }
}
