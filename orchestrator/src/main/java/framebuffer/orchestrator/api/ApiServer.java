package framebuffer.orchestrator.api;

import framebuffer.orchestrator.api.http.AllowedHosts;
import framebuffer.orchestrator.api.http.ApiToken;
import framebuffer.orchestrator.api.http.Resource;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.api.http.RouteTable;
import framebuffer.orchestrator.api.http.RouteTable.MalformedRequests;
import framebuffer.orchestrator.api.site.DocsApi;
import framebuffer.orchestrator.api.site.RunbooksApi;
import framebuffer.orchestrator.api.site.WebPageApi;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The web server. Each request has its own virtual thread. */
public final class ApiServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ApiServer.class);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);
    private static final Set<String> AT_LOCALHOST = Set.of("127.0.0.1", "0.0.0.0", "::", "[::]");
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final Settings settings;
    private final RouteTable routes;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile WebServer server;

    /**
     * Address and access.
     *
     * @param host name or address of the interface
     * @param port 0: any free port
     * @param token required of callers; null: none
     * @param allowedHosts accepted host names in addition to {@code host} and the loopback names
     */
    public record Settings(String host, int port, @Nullable ApiToken token, List<String> allowedHosts,
            ApiLimits bounds) {
        public Settings {
            allowedHosts = List.copyOf(allowedHosts);
        }

        public Settings(String host, int port, @Nullable ApiToken token) {
            this(host, port, token, List.of(), ApiLimits.DEFAULT);
        }

        private Settings at(int otherPort, int connections) {
            return new Settings(host, otherPort, token, allowedHosts,
                    new ApiLimits(connections, bounds.bodyBytes(), bounds.idle()));
        }
    }

    /**
     * Limits for callers.
     *
     * @param connections most open connections; further ones wait
     * @param bodyBytes largest request body; a larger one is refused with 413
     * @param idle time after which a connection without requests is closed
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

    private ApiServer(Settings settings, RouteTable routes, WebServer server) {
        this.settings = settings;
        this.routes = routes;
        this.server = server;
    }

    /**
     * Starts the server; it answers requests when this method returns.
     *
     * @throws ListenFailed when the port is in use, or the host has no address of this machine
     */
    public static ApiServer start(Settings settings, List<? extends Resource> resources) {
        probe(settings);
        int wanted = settings.bounds().connections();
        int connections = FileDescriptors.now().connections(wanted);
        if (connections < wanted) {
            log.warn(
                    "at most {} connections to the REST API instead of {}: this process may open {} files; raise the"
                            + " limit with ulimit -n",
                    connections, wanted, FileDescriptors.now().limit());
        }
        RouteTable routes = new RouteTable(routes(resources), settings.token(),
                new AllowedHosts(settings.host(), settings.allowedHosts()), settings.bounds().bodyBytes());
        WebServer server = listen(settings.at(settings.port(), connections), routes);
        if (!server.isRunning()) {
            throw new ListenFailed(
                    "cannot listen on " + settings.host() + ":" + settings.port() + "; the log says why");
        }
        ApiServer api = new ApiServer(settings.at(server.port(), connections), routes, server);
        Thread.ofVirtual().name("listener-watch").start(api::watch);
        return api;
    }

    private static WebServer listen(Settings settings, RouteTable routes) {
        return WebServer.builder().host(settings.host()).port(settings.port()).shutdownHook(false)
                .featuresDiscoverServices(false).maxTcpConnections(settings.bounds().connections())
                .idleConnectionTimeout(settings.bounds().idle())
                // Without this, a response of several packets waits 40 ms for the caller's delayed acknowledgement.
                .connectionOptions(socket -> socket.tcpNoDelay(true))
                .shutdownGracePeriod(STOP_WITHIN).directHandlers(unreadable()).routing(routes::register).build()
                .start();
    }

    /** When the web server fails to accept a connection, for example without a free file descriptor, it stops listening for good. */
    private void watch() {
        try {
            while (!closing.await(LOOK_EVERY.toNanos(), TimeUnit.NANOSECONDS)) {
                if (isDeaf()) {
                    listenAgain();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether our port is free, because the web server has stopped listening. */
    private boolean isDeaf() {
        try {
            probe(settings);
            return true;
        } catch (ListenFailed e) {
            return false;
        }
    }

    private synchronized void listenAgain() {
        if (closing.getCount() > 0) {
            WebServer again = listen(settings, routes);
            if (again.isRunning()) {
                server = again;
                log.warn("the REST API had stopped accepting connections, most likely for lack of file descriptors"
                        + " (ulimit -n is {}); it accepts them again", FileDescriptors.now().limit());
            }
        }
    }

    /** Checks the port first, because the web server only logs that it cannot listen. */
    private static void probe(Settings settings) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getAllByName(settings.host())[0], settings.port()), 1);
        } catch (IOException e) {
            throw new ListenFailed(e instanceof BindException && String.valueOf(e.getMessage()).contains("in use")
                    ? "port " + settings.port() + " is in use; choose another with --port"
                    : "cannot listen on " + settings.host() + ":" + settings.port() + ": " + e.getMessage()
                            + "; choose another address with --host");
        }
    }

    static List<Route> routes(List<? extends Resource> resources) {
        return Stream.concat(resources.stream(), Stream.of(new DocsApi(), new WebPageApi(), new RunbooksApi()))
                .flatMap(resource -> resource.routes().stream()).toList();
    }

    private static DirectHandlers unreadable() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            handlers.addHandler(type, new MalformedRequests());
        }
        return handlers.build();
    }

    /** A URL that works on this machine: a server that listens on every interface is reached at loopback too. */
    public String url() {
        String host = settings.host();
        if (AT_LOCALHOST.contains(host)) {
            return "http://localhost:" + port();
        }
        return "http://" + (host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port();
    }

    /** The port of the server. */
    public int port() {
        return settings.port();
    }

    /** Accepts no more requests, and lets those in progress finish, for at most 5 s. */
    @Override
    public synchronized void close() {
        closing.countDown();
        routes.stop();
        server.stop();
    }
}
