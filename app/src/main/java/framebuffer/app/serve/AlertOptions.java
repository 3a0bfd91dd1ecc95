package framebuffer.app.serve;

import framebuffer.app.terminal.CannotRun;
import framebuffer.orchestrator.observability.alerts.AlertWebhook;
import framebuffer.wire.SecretAddress;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the service sends alerts. */
final class AlertOptions {
    @Option(names = "--alert-webhook", paramLabel = "URL", description = "URL to which the service sends alerts, in the form of Alertmanager's webhooks.")
    private @Nullable SecretAddress webhook;

    AlertWebhook.@Nullable WebhookReceiver receiver() {
        return webhook == null ? null : new AlertWebhook.WebhookReceiver(address(webhook));
    }

    private static SecretAddress address(SecretAddress given) {
        try {
            URI address = new URI(given.reveal());
            if (address.getHost() != null
                    && ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))) {
                return given;
            }
        } catch (URISyntaxException e) {
            // Drop the message: it contains the address, which may contain a secret.
        }
        throw new CannotRun("--alert-webhook must be a URL such as http://host:port/path");
    }
}
