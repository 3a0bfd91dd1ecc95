package framebuffer.orchestrator.api.server;

import framebuffer.orchestrator.api.access.AllowedHosts;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.http.Resource;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.api.server.tls.ServerTls;
import framebuffer.wire.tls.TlsFiles;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The web server. Each request has its own virtual thread. */
public final class ApiServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ApiServer.class);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);
    /** How long an open connection without a request delays the stop. */
    private static final Duration SHUTDOWN_IDLE = Duration.ofMillis(100);
    private static final Set<String> AT_LOCALHOST = Set.of("127.0.0.1", "0.0.0.0", "::", "[::]");
    /** They only accept connections and watch sockets; each request has a virtual thread. */
    private static final int SERVER_THREADS = 8;
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    /** OpenConnections closes what is idle. Jetty's own limit also ends a write that blocks, and must not end an event stream that pauses. */
    private static final Duration JETTY_IDLE = Duration.ofSeconds(30);
    private static final int HEADER_BYTES = 8 << 10;

    private final Settings settings;
    private final RequestHandler handler;
    private final Server server;
    private final CountDownLatch closing = new CountDownLatch(1);

    /**
     * Address and access.
     *
     * @param host name or address of the interface
     * @param port 0: any free port
     * @param tokens of callers
     * @param allowedHosts accepted host names in addition to {@code host} and the loopback names
     * @param tls certificate and key; none: plain HTTP
     */
    public record Settings(String host, int port, ApiTokens tokens, List<String> allowedHosts,
            ApiLimits bounds, TlsFiles tls) {
        public Settings {
            allowedHosts = List.copyOf(allowedHosts);
        }

        public Settings(String host, int port, ApiTokens tokens) {
            this(host, port, tokens, List.of(), ApiLimits.DEFAULT);
        }

        public Settings(String host, int port, ApiTokens tokens, List<String> allowedHosts, ApiLimits bounds) {
            this(host, port, tokens, allowedHosts, bounds, TlsFiles.NONE);
        }

        private Settings at(int otherPort) {
            return new Settings(host, otherPort, tokens, allowedHosts, bounds, tls);
        }
    }

    /**
     * Limits for callers.
     *
     * @param connections most open connections; a further one displaces the one that has waited longest for its caller
     * @param bodyBytes largest request body; a larger one is refused with 413
     * @param idle time after which a connection is closed whose caller sends no request, or only a part of it, or does not read the response
     */
    public record ApiLimits(int connections, int bodyBytes, Duration idle) {
        public static final ApiLimits DEFAULT = new ApiLimits(1_024, 1 << 20, Duration.ofMinutes(1));
    }

    /** The server cannot listen at its address; the message is one line that says why and what to do. */
    public static final class ListenFailed extends RuntimeException {
        private static final long serialVersionUID = 1;

        ListenFailed(String message) {
            super(message);
        }
    }

    private ApiServer(Settings settings, RequestHandler handler, Server server) {
        this.settings = settings;
        this.handler = handler;
        this.server = server;
    }

    /**
     * Starts the server; it answers requests when this method returns.
     *
     * @throws ListenFailed when the port is in use, the host has no address of this machine, or the certificate cannot be used
     */
    public static ApiServer start(Settings settings, List<? extends Resource> resources) {
        int wanted = settings.bounds().connections();
        int connections = FileDescriptors.now().connections(wanted);
        if (connections < wanted) {
            log.warn(
                    "at most {} connections to the REST API instead of {}: this process may open {} files; raise the"
                            + " limit with ulimit -n",
                    connections, wanted, FileDescriptors.now().limit());
        }
        OpenConnections open = new OpenConnections(connections, settings.bounds().idle(), System::nanoTime);
        RequestHandler handler = new RequestHandler(routes(resources), settings.tokens(),
                new AllowedHosts(settings.host(), settings.allowedHosts()), settings.bounds().bodyBytes(), open);
        Server server = server(handler);
        ServerTls tls = tls(settings.tls());
        ServerConnector connector = connector(server, settings, tls);
        connector.addBean(open);
        server.addConnector(connector);
        try {
            connector.open();
            server.start();
        } catch (Exception e) {
            stop(server);
            throw listenFailed(settings, e);
        }
        ApiServer api = new ApiServer(settings.at(connector.getLocalPort()), handler, server);
        Thread.ofVirtual().name("rest-connections").start(() -> api.watch(open, tls));
        return api;
    }

    private static @Nullable ServerTls tls(TlsFiles files) {
        try {
            return files.certificate() == null ? null : new ServerTls(files);
        } catch (IOException e) {
            throw new ListenFailed(String.valueOf(e.getMessage()));
        }
    }

    private void watch(OpenConnections open, @Nullable ServerTls tls) {
        try {
            while (!closing.await(LOOK_EVERY.toNanos(), TimeUnit.NANOSECONDS)) {
                open.closeOverdue();
                if (tls != null) {
                    tls.renew();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Server server(RequestHandler handler) {
        QueuedThreadPool threads = new QueuedThreadPool(SERVER_THREADS);
        threads.setName("rest");
        threads.setDaemon(true);
        threads.setReservedThreads(0);
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        Server server = new Server(threads);
        server.setHandler(new GracefulHandler(handler));
        server.setErrorHandler(new MalformedRequests());
        server.setStopTimeout(STOP_WITHIN.toMillis());
        return server;
    }

    private static ServerConnector connector(Server server, Settings settings, @Nullable ServerTls tls) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        // Ids of producers hold any character; the routes decode each segment of the path themselves.
        http.setUriCompliance(UriCompliance.UNSAFE);
        ServerConnector connector = new ServerConnector(server, 1, 1, tls == null
                ? new ConnectionFactory[]{new BoundedConnections(http)}
                : tls.around(http));
        connector.setHost(plain(settings.host()));
        connector.setPort(settings.port());
        connector.setIdleTimeout(JETTY_IDLE.plus(settings.bounds().idle()).toMillis());
        connector.setShutdownIdleTimeout(SHUTDOWN_IDLE.toMillis());
        return connector;
    }

    private static String plain(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static ListenFailed listenFailed(Settings settings, Exception e) {
        Throwable cause = e.getCause() instanceof IOException io ? io : e;
        return new ListenFailed(cause instanceof BindException && String.valueOf(cause.getMessage()).contains("in use")
                ? "port " + settings.port() + " is in use; choose another with --port"
                : "cannot listen on " + settings.host() + ":" + settings.port() + ": " + cause.getMessage()
                        + "; choose another address with --host");
    }

    private static List<Route> routes(List<? extends Resource> resources) {
        return resources.stream().flatMap(resource -> resource.routes().stream()).toList();
    }

    /** A URL that works on this machine: a server that listens on every interface is reached at loopback too. */
    public String url() {
        String host = settings.host();
        String scheme = settings.tls().certificate() == null ? "http://" : "https://";
        if (AT_LOCALHOST.contains(host)) {
            return scheme + "localhost:" + port();
        }
        return scheme + (host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port();
    }

    /** The port of the server. */
    public int port() {
        return settings.port();
    }

    /** Accepts no more requests, and lets those in progress finish, for at most 5 s. */
    @Override
    public void close() {
        closing.countDown();
        handler.endStreams();
        stop(server);
    }

    private static void stop(Server server) {
        try {
            server.stop();
        } catch (Exception e) {
            log.warn("the REST API did not stop as it should: {}", e.toString());
        }
    }
}
