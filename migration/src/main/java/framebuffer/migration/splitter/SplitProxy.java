package framebuffer.migration.splitter;

import framebuffer.migration.web.WebServer;
import framebuffer.wire.Secret;
import framebuffer.wire.tls.TlsFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A reverse proxy for clients of the older service: each request goes to that service or to the new one, by a share that may change. */
public final class SplitProxy implements AutoCloseable {
    private static final int BODY_BYTES = 16 << 20;
    /** The old side has always been waited for; a client gives up first. */
    private static final Duration OLD_TIMEOUT = Duration.ofMinutes(1);

    private final WebServer server;
    private final List<HttpClient> clients;

    /**
     * The two sides, and where the proxy listens.
     *
     * @param old address of the older service, {@code http://host:port}
     * @param next address of the new service
     * @param timeout how long the new service may take, before the old one answers instead
     * @param token of the new service, for the requests of clients that send none; null: it needs none
     * @param tls with the authorities that may vouch for the new service
     * @param port 0: any free port
     */
    public record ProxySettings(URI old, URI next, Duration timeout, @Nullable Secret token, TlsFiles tls, String host,
            int port) {
        private static final Pattern LOCAL = Pattern.compile("(?i)localhost|127\\.[0-9.]+|\\[::1]");

        /** Of a new service that needs no token and no further authorities. */
        public ProxySettings(URI old, URI next, Duration timeout, String host, int port) {
            this(old, next, timeout, null, TlsFiles.NONE, host, port);
        }

        /** Throws {@link IllegalArgumentException} when an address is not one of a service. */
        public ProxySettings {
            check("old", old, port);
            check("new", next, port);
            if (token != null && !token.reveal().matches("[!-~]+")) {
                throw new IllegalArgumentException("the token must consist of visible ASCII characters");
            }
        }

        private static void check(String side, URI address, int ownPort) {
            if (!String.valueOf(address.getScheme()).matches("(?i)https?") || address.getHost() == null
                    || address.getRawUserInfo() != null || address.getRawQuery() != null
                    || address.getRawFragment() != null) {
                throw new IllegalArgumentException("the address of the " + side
                        + " service must be http://host:port, or https, without user, password or query");
            }
            if (ownPort > 0 && address.getPort() == ownPort && LOCAL.matcher(address.getHost()).matches()) {
                throw new IllegalArgumentException(
                        "the address of the " + side + " service is that of the proxy itself");
            }
        }
    }

    private SplitProxy(WebServer server, List<HttpClient> clients) {
        this.server = server;
        this.clients = clients;
    }

    /**
     * Starts it; it passes requests on when this method returns.
     *
     * @param share of the new service; the caller closes it
     * @throws IOException when it cannot listen there, or the certificates cannot be used
     */
    public static SplitProxy start(ProxySettings settings, SplitShare share) throws IOException {
        HttpClient toNew = client(settings.timeout(), settings.tls());
        HttpClient toOld = client(settings.timeout(), TlsFiles.NONE);
        List<HttpClient> clients = List.of(toOld, toNew);
        ProxyResource proxy = new ProxyResource(new ServiceSide(toOld, settings.old(), OLD_TIMEOUT, null),
                new ServiceSide(toNew, settings.next(), settings.timeout(), settings.token()), share);
        try {
            boolean anyHost = !InetAddress.getByName(settings.host()).isLoopbackAddress();
            return new SplitProxy(WebServer.start(settings.host(), settings.port(), BODY_BYTES,
                    new OperatorResource(proxy, share, anyHost)), clients);
        } catch (IOException e) {
            clients.forEach(HttpClient::shutdownNow);
            throw e;
        }
    }

    private static HttpClient client(Duration connectTimeout, TlsFiles tls) throws IOException {
        HttpClient.Builder client = HttpClient.newBuilder().version(Version.HTTP_1_1).followRedirects(Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY).connectTimeout(connectTimeout);
        return (tls.isGiven() ? client.sslContext(tls.context()) : client).build();
    }

    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.close();
        clients.forEach(HttpClient::shutdownNow);
    }
}
