package framebuffer.app.terminal;

import framebuffer.wire.Secret;
import framebuffer.wire.SecretAddress;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of all commands that call the REST API of a running service. */
public final class ServiceOptions {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @Option(names = "--orchestrator-url", paramLabel = "URL", defaultValue = "http://localhost:8002", description = "URL of the service's REST API. Default: ${DEFAULT-VALUE}.")
    private SecretAddress url = new SecretAddress("");

    @Option(names = "--api-token", paramLabel = "SECRET", description = "Token of the service's REST API, if it requires one.")
    private @Nullable Secret apiToken;

    public String url() {
        String given = url.reveal();
        if (given.matches("(?s)[^/]*//.*[@?#].*")) {
            throw new CannotRun(
                    "--orchestrator-url must be http://host:port, or https, without user, password or query");
        }
        return given;
    }

    /**
     * Checks that a service responds, with any answer.
     *
     * @throws NotReady when no service responds
     */
    public void requireAnswer() throws InterruptedException {
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            HttpRequest live = HttpRequest.newBuilder(URI.create(url()).resolve("/health/live")).timeout(TIMEOUT)
                    .build();
            http.send(live, HttpResponse.BodyHandlers.discarding());
        } catch (IOException e) {
            throw new NotReady("no service answers at " + url
                    + "; start `frame-buffer serve`, or set its address with --orchestrator-url", e);
        }
    }

    public @Nullable Secret apiToken() {
        return apiToken;
    }
}
