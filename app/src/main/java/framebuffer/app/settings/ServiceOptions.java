package framebuffer.app.settings;

import framebuffer.app.keys.Secret;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a running service is: what the commands that call its REST API have in common. */
public final class ServiceOptions {
    @Option(names = "--orchestrator-url", paramLabel = "URL", defaultValue = "http://localhost:8002", description = "The service. Default: ${DEFAULT-VALUE}.")
    private String url = "";

    @Secret
    @Option(names = "--api-token", paramLabel = "SECRET", description = "Token of the service's REST API, if it asks for one.")
    private @Nullable String apiToken;

    public String url() {
        return url;
    }

    public @Nullable String apiToken() {
        return apiToken;
    }
}
