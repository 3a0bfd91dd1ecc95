package framebuffer.app.serve;

import framebuffer.app.config.ValueRange;
import framebuffer.app.terminal.CannotRun;
import framebuffer.orchestrator.api.ApiServer;
import framebuffer.orchestrator.api.http.AllowedHosts;
import framebuffer.orchestrator.api.http.ApiToken;
import framebuffer.wire.Secret;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Address and limits of the REST API. */
final class ListenOptions {
    @Option(names = "--host", paramLabel = "ADDRESS", defaultValue = "127.0.0.1", description = "Address to listen on. Default: ${DEFAULT-VALUE}.")
    private String host = "127.0.0.1";

    @ValueRange(least = "0", most = "65535")
    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8002", description = "Port of the REST API; 0: any free port. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(names = "--api-token", paramLabel = "SECRET", description = "Token that clients of the REST API must send.")
    private @Nullable Secret apiToken;

    @Option(names = "--allowed-hosts", paramLabel = "NAME", split = ",", description = "Host names that requests to the REST API may use, besides those of loopback, separated by commas: cameras.example.org, *.example.org, or * for any. Web pages of these hosts may also change state. IP addresses need no permission.")
    private List<String> allowedHosts = List.of();

    @Option(names = "--insecure", arity = "0..1", paramLabel = "true|false", fallbackValue = "true", defaultValue = "false", description = "Allows listening on addresses other than loopback without a token.")
    private boolean insecure;

    @ValueRange(least = "1", most = "65535")
    @Option(names = "--max-connections", paramLabel = "N", defaultValue = "1024", description = "Maximum number of simultaneous connections to the REST API; further connections wait. Default: ${DEFAULT-VALUE}.")
    private int maxConnections;

    @ValueRange(least = "1024", most = "67108864")
    @Option(names = "--max-body-bytes", paramLabel = "BYTES", defaultValue = "1048576", description = "Maximum size of a request body; a larger body gets 413. Default: ${DEFAULT-VALUE}.")
    private int maxBodyBytes;

    @ValueRange(least = "1s", most = "1h")
    @Option(names = "--idle-timeout", paramLabel = "TIME", defaultValue = "1m", description = "Idle time after which the service closes a connection to the REST API. Default: ${DEFAULT-VALUE}.")
    private Duration idleTimeout = ApiServer.ApiLimits.DEFAULT.idle();

    int port() {
        return port;
    }

    @Nullable
    Secret apiToken() {
        return apiToken;
    }

    ApiServer.Settings settings() {
        if (apiToken != null && apiToken.reveal().isBlank()) {
            throw new CannotRun("--api-token must not be blank");
        }
        return new ApiServer.Settings(host, port, apiToken == null ? null : new ApiToken(apiToken.reveal()),
                allowedHosts(),
                new ApiServer.ApiLimits(maxConnections, maxBodyBytes, idleTimeout));
    }

    private List<String> allowedHosts() {
        try {
            new AllowedHosts(host, allowedHosts);
            return allowedHosts;
        } catch (IllegalArgumentException e) {
            throw new CannotRun("--allowed-hosts: " + e.getMessage(), e);
        }
    }

    /** Without a token, anybody who reaches the port could take frames. */
    void refuseIfOpenToTheWorld() {
        if (apiToken == null && !insecure && !isLoopback()) {
            throw new CannotRun("--host " + host
                    + " is reachable from other machines: set --api-token, or use --insecure if the network is safe");
        }
    }

    private boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new CannotRun("--host " + host + " is not an address of this machine", e);
        }
    }
}
