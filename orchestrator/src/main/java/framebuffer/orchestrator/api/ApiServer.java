package framebuffer.orchestrator.api;

import framebuffer.orchestrator.api.http.AllowedHosts;
import framebuffer.orchestrator.api.http.ApiToken;
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

/** The web server: each request on a virtual thread of its own. */
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
     * Where to listen, and to whom.
     *
     * @param host
     *            name or address of the interface
     * @param port
     *            0: any that is free
     * @param token
     *            what callers must know; null: nothing
     * @param allowedHosts
     *            by which names it may be asked for, beside this one and those of loopback
     * @param bounds
     *            how much of callers it takes
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
     * Bounds on what callers may use up.
     *
     * @param connections
     *            at once; more must wait
     * @param bodyBytes
     *            the largest body of a request; a larger one gets 413
     * @param idle
     *            how long a connection may be silent before it is closed
     */
    public record ApiLimits(int connections, int bodyBytes, Duration idle) {
        public static final ApiLimits DEFAULT = new ApiLimits(1_024, 1 << 20, Duration.ofMinutes(1));
    }

    /** It cannot listen where it should; the message is one line that says why and what to do. */
    public static final class CannotListen extends RuntimeException {
        private static final long serialVersionUID = 1;

        CannotListen(String message) {
            super(message);
        }
    }

    private ApiServer(Settings settings, RouteTable routes, WebServer server) {
        this.settings = settings;
        this.routes = routes;
        this.server = server;
    }

    /**
     * Starts it; it answers when this returns.
     *
     * @throws CannotListen
     *             when the port is taken, or the host is none of ours
     */
    public static ApiServer start(Settings settings, ApiServices services) {
        probe(settings);
        int wanted = settings.bounds().connections();
        int connections = FileDescriptors.now().connections(wanted);
        if (connections < wanted) {
            log.warn(
                    "at most {} connections to the REST API instead of {}: this process may open {} files; raise the"
                            + " limit with ulimit -n",
                    connections, wanted, FileDescriptors.now().limit());
        }
        RouteTable routes = new RouteTable(routes(services), settings.token(),
                new AllowedHosts(settings.host(), settings.allowedHosts()), settings.bounds().bodyBytes());
        WebServer server = listen(settings.at(settings.port(), connections), routes);
        if (!server.isRunning()) {
            throw new CannotListen(
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
                // Or an answer of more than one packet waits 40 ms for the caller's delayed acknowledgement.
                .connectionOptions(socket -> socket.tcpNoDelay(true))
                .shutdownGracePeriod(STOP_WITHIN).directHandlers(unreadable()).routing(routes::register).build()
                .start();
    }

    /** The web server gives up its port for good when it fails to accept a connection, as for want of a descriptor, and does not say so. */
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

    /** Whether somebody else could listen on our port. */
    private boolean isDeaf() {
        try {
            probe(settings);
            return true;
        } catch (CannotListen e) {
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

    /** The web server logs that it cannot listen, and goes on; so we find out before. */
    private static void probe(Settings settings) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getAllByName(settings.host())[0], settings.port()), 1);
        } catch (IOException e) {
            throw new CannotListen(e instanceof BindException && String.valueOf(e.getMessage()).contains("in use")
                    ? "port " + settings.port() + " is in use; choose another with --port"
                    : "cannot listen on " + settings.host() + ":" + settings.port() + ": " + e.getMessage()
                            + "; choose another address with --host");
        }
    }

    static List<Route> routes(ApiServices services) {
        return Stream
                .of(new ProcessorsApi(services.registry(), services.partitioning()).routes(),
                        new DeadLettersApi(services.letters()).routes(),
                        new FramesApi(services.traffic()).routes(), new JourneyApi(services.journeys()).routes(),
                        new CamerasApi(services.cameras()).routes(), new ControlApi(services.switchboard()).routes(),
                        new HealthApi(services.checks()).routes(), new OverviewApi(services).routes(),
                        new AlertsApi(services.alerts()).routes(), new PartitionsApi(services.partitions()).routes(),
                        new MetricsApi(services.metrics()).routes(),
                        new DocsApi().routes(),
                        new WebPageApi().routes(), new RunbooksApi().routes())
                .flatMap(List::stream).toList();
    }

    private static DirectHandlers unreadable() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            handlers.addHandler(type, new MalformedRequests());
        }
        return handlers.build();
    }

    /** Where it answers, as a URL that works on this machine: what listens on every interface is reached at loopback too. */
    public String url() {
        String host = settings.host();
        if (AT_LOCALHOST.contains(host)) {
            return "http://localhost:" + port();
        }
        return "http://" + (host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port();
    }

    /** The port on which it listens. */
    public int port() {
        return settings.port();
    }

    /** Takes no more requests, and lets those in progress finish, for at most 5 s. */
    @Override
    public synchronized void close() {
        closing.countDown();
        routes.stop();
        server.stop();
    }
}
