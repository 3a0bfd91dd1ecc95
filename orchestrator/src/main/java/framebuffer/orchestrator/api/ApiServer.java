package framebuffer.orchestrator.api;

import framebuffer.orchestrator.api.docs.DocsApi;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.api.http.Routes;
import framebuffer.orchestrator.api.http.Token;
import framebuffer.orchestrator.api.http.Unreadable;
import framebuffer.orchestrator.api.journey.JourneyApi;
import framebuffer.orchestrator.api.letters.DeadLettersApi;
import framebuffer.orchestrator.api.page.PageApi;
import framebuffer.orchestrator.api.page.RunbooksApi;
import framebuffer.orchestrator.api.processors.ProcessorsApi;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The web server: each request on a virtual thread of its own. */
public final class ApiServer implements AutoCloseable {
    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);

    private final Routes routes;
    private final WebServer server;
    private final int port;

    /**
     * Where to listen, and to whom.
     *
     * @param host
     *            name or address of the interface
     * @param port
     *            0: any that is free
     * @param token
     *            what callers must know; null: nothing
     * @param bounds
     *            how much of callers it takes
     */
    public record Settings(String host, int port, @Nullable Token token, Bounds bounds) {
        public Settings(String host, int port, @Nullable Token token) {
            this(host, port, token, Bounds.DEFAULT);
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
    public record Bounds(int connections, int bodyBytes, Duration idle) {
        public static final Bounds DEFAULT = new Bounds(1_024, 1 << 20, Duration.ofMinutes(1));
    }

    /** It cannot listen where it should; the message is one line that says why and what to do. */
    public static final class CannotListen extends RuntimeException {
        private static final long serialVersionUID = 1;

        CannotListen(String message) {
            super(message);
        }
    }

    private ApiServer(Routes routes, WebServer server) {
        this.routes = routes;
        this.server = server;
        this.port = server.port();
    }

    /**
     * Starts it; it answers when this returns.
     *
     * @throws CannotListen
     *             when the port is taken, or the host is none of ours
     */
    public static ApiServer start(Settings settings, Doors doors) {
        probe(settings);
        Routes routes = new Routes(routes(doors), settings.token(), settings.bounds().bodyBytes());
        WebServer server = WebServer.builder().host(settings.host()).port(settings.port()).shutdownHook(false)
                .featuresDiscoverServices(false).maxTcpConnections(settings.bounds().connections())
                .idleConnectionTimeout(settings.bounds().idle())
                // Or an answer of more than one packet waits 40 ms for the caller's delayed acknowledgement.
                .connectionOptions(socket -> socket.tcpNoDelay(true))
                .shutdownGracePeriod(STOP_WITHIN).directHandlers(unreadable()).routing(routes::register).build()
                .start();
        if (!server.isRunning()) {
            throw new CannotListen(
                    "cannot listen on " + settings.host() + ":" + settings.port() + "; the log says why");
        }
        return new ApiServer(routes, server);
    }

    /** The web server logs that it cannot listen, and goes on; so we find out before. */
    private static void probe(Settings settings) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getAllByName(settings.host())[0], settings.port()), 1);
        } catch (IOException e) {
            throw new CannotListen(e instanceof BindException && String.valueOf(e.getMessage()).contains("in use")
                    ? "port " + settings.port() + " is in use; choose another with --port"
                    : "cannot listen on " + settings.host() + ":" + settings.port() + ": " + e.getMessage());
        }
    }

    static List<Route> routes(Doors doors) {
        return Stream
                .of(new ProcessorsApi(doors.registry(), doors.partitioning()).routes(),
                        new DeadLettersApi(doors.letters()).routes(),
                        new FramesApi(doors.traffic()).routes(), new JourneyApi(doors.journeys()).routes(),
                        new CamerasApi(doors.cameras()).routes(), new ControlApi(doors.switchboard()).routes(),
                        new HealthApi(doors.checks()).routes(), new OverviewApi(doors).routes(),
                        new AlertsApi(doors.alerts()).routes(), new PartitionsApi(doors.partitions()).routes(),
                        new MetricsApi(doors.metrics()).routes(),
                        new DocsApi().routes(),
                        new PageApi().routes(), new RunbooksApi().routes())
                .flatMap(List::stream).toList();
    }

    private static DirectHandlers unreadable() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            handlers.addHandler(type, new Unreadable());
        }
        return handlers.build();
    }

    /** The port on which it listens. */
    public int port() {
        return port;
    }

    /** Takes no more requests, and lets those in progress finish, for at most 5 s. */
    @Override
    public void close() {
        routes.stop();
        server.stop();
    }
}
