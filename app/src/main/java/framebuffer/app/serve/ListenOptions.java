package framebuffer.app.serve;

import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Essential;
import framebuffer.app.help.OptionGroup;
import framebuffer.app.terminal.CannotRun;
import framebuffer.orchestrator.api.access.AllowedHosts;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.wire.Secret;
import framebuffer.wire.tls.TlsFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Address and limits of the REST API. */
@OptionGroup("REST API")
final class ListenOptions {
    @Essential(in = {"serve", "run", "demo"})
    @Option(names = "--host", paramLabel = "ADDRESS", defaultValue = "127.0.0.1", description = "Address to listen on. Default: ${DEFAULT-VALUE}.")
    private String host = "127.0.0.1";

    @Essential(in = {"serve", "run", "demo"})
    @ValueRange(least = "0", most = "65535")
    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8002", description = "Port of the REST API; 0: any free port. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Essential(in = {"serve", "run", "demo"})
    @Option(names = "--api-token", paramLabel = "SECRET", description = "Token that clients of the REST API must send.")
    private @Nullable Secret apiToken;

    @Option(names = "--api-tokens-file", paramLabel = "FILE", description = "File with tokens of clients of the REST API, one on each line: NAME ROLE sha256:HASH. The command token makes such lines. Roles: read, processor:ID, admin. The service reads the file again when it changes.")
    private @Nullable Path apiTokensFile;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "PEM file with the certificate of the REST API, and those of its authorities: the REST API then speaks HTTPS only. The service reads the file again when it changes. Default: none, plain HTTP.")
    private @Nullable Path tlsCert;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "PEM file with the private key of tls-cert, not encrypted.")
    private @Nullable Path tlsKey;

    @Option(names = "--allowed-hosts", paramLabel = "NAME", split = ",", description = "Host names that requests to the REST API may use, besides those of loopback, separated by commas: cameras.example.org, *.example.org, or * for any. Web pages of these hosts may also change state. IP addresses need no permission.")
    private List<String> allowedHosts = List.of();

    @Option(names = "--insecure", arity = "0..1", paramLabel = "true|false", fallbackValue = "true", defaultValue = "false", description = "Allows listening on addresses other than loopback without a token.")
    private boolean insecure;

    @ValueRange(least = "1", most = "65535")
    @Option(names = "--max-connections", paramLabel = "N", defaultValue = "1024", description = "Maximum number of simultaneous connections to the REST API; a further one displaces the one that has waited longest for its client. Default: ${DEFAULT-VALUE}.")
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

    /** The token with which parts of this process call the REST API; null: it requires none. */
    @Nullable
    Secret apiToken() {
        if (apiToken == null && apiTokensFile != null) {
            apiToken = new Secret(ApiTokens.random());
        }
        return apiToken;
    }

    ApiServer.Settings settings() {
        return new ApiServer.Settings(host, port, tokens(), allowedHosts(),
                new ApiServer.ApiLimits(maxConnections, maxBodyBytes, idleTimeout), tls());
    }

    private TlsFiles tls() {
        try {
            return new TlsFiles(null, tlsCert, tlsKey);
        } catch (IllegalArgumentException e) {
            throw new CannotRun("--tls-cert and --tls-key are given together", e);
        }
    }

    /**
     * The TLS with which parts of this process call the REST API; null: none is needed.
     *
     * @throws CannotRun when the certificate cannot be used
     */
    @Nullable
    SSLContext tlsOfOwnClients() {
        try {
            TlsFiles files = tls();
            return files.isGiven() ? files.ofOwnClient() : null;
        } catch (IOException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }

    private ApiTokens tokens() {
        Secret own = apiToken();
        try {
            return own == null ? ApiTokens.NONE : ApiTokens.of(own.reveal(), apiTokensFile);
        } catch (ApiTokens.InvalidTokens e) {
            throw new CannotRun("--api-tokens-file: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new CannotRun("--api-token must not be blank", e);
        }
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
        if (apiToken() == null && !insecure && !isLoopback()) {
            throw new CannotRun("--host " + host
                    + " is reachable from other machines: set --api-token or --api-tokens-file, or use --insecure if the network is safe");
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
