package framebuffer.app.terminal;

import framebuffer.app.help.Essential;
import framebuffer.app.help.OptionGroup;
import framebuffer.wire.Secret;
import framebuffer.wire.SecretAddress;
import framebuffer.wire.tls.TlsFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of all commands that call the REST API of a running service. */
@OptionGroup("Service")
public final class ServiceOptions {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @Essential
    @Option(names = "--orchestrator-url", paramLabel = "URL", defaultValue = "http://localhost:8002", description = "URL of the service. Default: ${DEFAULT-VALUE}.")
    private SecretAddress url = new SecretAddress("");

    @Option(names = "--orchestrator-ca", paramLabel = "FILE", description = "PEM file with the certificates of the authorities that may vouch for the service, with https://. Default: those that the JDK trusts.")
    private @Nullable Path orchestratorCa;

    @Essential
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
        SSLContext tls = tls();
        HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(TIMEOUT);
        try (HttpClient http = (tls == null ? client : client.sslContext(tls)).build()) {
            HttpRequest live = HttpRequest.newBuilder(URI.create(url()).resolve("/health/live")).timeout(TIMEOUT)
                    .build();
            http.send(live, HttpResponse.BodyHandlers.discarding());
        } catch (IOException e) {
            throw new NotReady("no service answers at " + url
                    + "; start `frame-buffer serve`, or set its address with --orchestrator-url", e);
        }
    }

    /**
     * TLS for the calls; null: that of the JDK.
     *
     * @throws CannotRun when the file cannot be used
     */
    public @Nullable SSLContext tls() {
        try {
            return orchestratorCa == null ? null : new TlsFiles(orchestratorCa, null, null).context();
        } catch (IOException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }

    public @Nullable Secret apiToken() {
        return apiToken;
    }
}
