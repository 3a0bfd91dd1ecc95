package framebuffer.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OrchestratorClientTest {
    private final AtomicLong sent = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    @AfterEach
    void stop() {
        closed.countDown();
        server.stop(0);
    }

    private ApiReply.Away ask() throws InterruptedException {
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        try (OrchestratorClient client = new OrchestratorClient(url, null, null)) {
            return (ApiReply.Away) client.unregister("face-1");
        }
    }

    private void answerWithoutEnd(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        byte[] part = new byte[1 << 16];
        try (OutputStream body = exchange.getResponseBody()) {
            while (closed.getCount() > 0) {
                body.write(part);
                sent.addAndGet(part.length);
            }
        }
    }

    private void answerHalf(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 100);
        exchange.getResponseBody().flush();
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void ofAnAnswerWithoutEndFourMegabytesAreRead() throws InterruptedException {
        server.createContext("/", this::answerWithoutEnd);
        assertThat(ask().why()).contains("4194304");
        assertThat(sent).hasValueLessThan(64 << 20);
    }

    @Test
    void anAnswerThatStopsHalfwayIsNotAwaitedForEver() throws InterruptedException {
        server.createContext("/", this::answerHalf);
        assertThat(ask().why()).contains("its answer did not end within 5 s");
    }
}
