package framebuffer.migration.web;

import java.io.IOException;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers HTTP. Each request is read completely, and has its own virtual thread. */
public final class WebServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WebServer.class);
    /** Beyond it, new connections wait until others end. */
    private static final int CONNECTIONS = 512;
    private static final int HEADER_BYTES = 16 << 10;
    private static final long IDLE_MILLIS = 30_000;
    private static final long STOP_MILLIS = 700;
    /** An open connection without a request delays the stop by this time. */
    private static final long SHUTDOWN_IDLE_MILLIS = 100;
    /** They only accept connections and watch sockets. */
    private static final int SERVER_THREADS = 6;

    private final Server server;
    private final ServerConnector connector;

    /** Answers requests; called from many threads. */
    public interface Resource {
        WebAnswer answer(WebRequest request) throws InterruptedException;
    }

    private WebServer(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /**
     * Starts the server; it answers requests when this method returns.
     *
     * @param port 0: any free port
     * @param bodyBytes largest request body; a larger one is refused with 413
     * @throws IOException when it cannot listen there; the message names the address
     */
    public static WebServer start(String host, int port, int bodyBytes, Resource resource) throws IOException {
        QueuedThreadPool threads = new QueuedThreadPool(SERVER_THREADS);
        threads.setName("http");
        threads.setDaemon(true);
        threads.setReservedThreads(0);
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        Server server = new Server(threads);
        server.setHandler(new RequestReader(resource, bodyBytes));
        server.setErrorHandler(new UnreadableRequests());
        server.setStopTimeout(STOP_MILLIS);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration()));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(IDLE_MILLIS);
        connector.setShutdownIdleTimeout(SHUTDOWN_IDLE_MILLIS);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
        WebServer web = new WebServer(server, connector);
        try {
            connector.open();
            server.start();
        } catch (Exception e) {
            web.close();
            throw new IOException("cannot listen on " + host + ":" + port + ": " + e.getMessage()
                    + "; choose another address with --host, or --port", e);
        }
        return web;
    }

    private static HttpConfiguration configuration() {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        // The answers of others have their own date.
        http.setSendDateHeader(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        // A path that two programs may read differently is refused.
        http.setUriCompliance(UriCompliance.DEFAULT);
        return http;
    }

    public int port() {
        return connector.getLocalPort();
    }

    /** Accepts no more requests, and ends within a second. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            log.warn("the web server did not stop as it should: {}", e.toString());
        }
    }
}
