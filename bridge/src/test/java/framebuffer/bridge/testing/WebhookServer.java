package framebuffer.bridge.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import framebuffer.wire.SecretAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A receiver of webhooks on loopback, which records what it accepts. */
public final class WebhookServer implements AutoCloseable {
    private final HttpServer server;
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private final AtomicInteger status = new AtomicInteger(200);
    private final AtomicInteger requests = new AtomicInteger();

    public WebhookServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::receive);
        server.start();
    }

    private void receive(HttpExchange request) throws IOException {
        String body = new String(request.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.incrementAndGet();
        if (status.get() / 100 == 2) {
            bodies.add(body);
        }
        request.getResponseHeaders().add("Location", "/elsewhere");
        request.sendResponseHeaders(status.get(), -1);
        request.close();
    }

    /** Answers with this status from now on. */
    public void answer(int with) {
        status.set(with);
    }

    public int requests() {
        return requests.get();
    }

    public List<String> bodies() {
        return List.copyOf(bodies);
    }

    public SecretAddress address() {
        return new SecretAddress("http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
