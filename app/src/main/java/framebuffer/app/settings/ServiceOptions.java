package framebuffer.app.settings;

import framebuffer.wire.secret.Secret;
import framebuffer.wire.secret.SecretAddress;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a running service is: what the commands that call its REST API have in common. */
public final class ServiceOptions {
    @Option(names = "--orchestrator-url", paramLabel = "URL", defaultValue = "http://localhost:8002", description = "The service. Default: ${DEFAULT-VALUE}.")
    private SecretAddress url = new SecretAddress("");

    @Option(names = "--api-token", paramLabel = "SECRET", description = "Token of the service's REST API, if it asks for one.")
    private @Nullable Secret apiToken;

    public String url() {
        String given = url.reveal();
        if (given.matches("(?s)[^/]*//.*[@?#].*")) {
            throw new Unusable("--orchestrator-url is http://host:port, or https, without user, password or query");
        }
        return given;
    }

    public @Nullable Secret apiToken() {
        return apiToken;
    }
}
