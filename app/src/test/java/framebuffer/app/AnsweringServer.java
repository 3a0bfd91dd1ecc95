package framebuffer.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import framebuffer.testkit.CommandOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Sends the same response to every request, and records the last request. */
final class AnsweringServer implements AutoCloseable {
    private final HttpServer server;
    private final int status;
    private final String answer;
    volatile String asked = "";
    volatile String body = "";
    volatile String authorization = "";

    AnsweringServer(int status, String answer) throws IOException {
        this.status = status;
        this.answer = answer;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange; OutputStream out = exchange.getResponseBody()) {
            asked = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            out.write(bytes);
        }
    }

    /** Runs the command against this server. */
    CommandOutput asked(String line) {
        return CommandOutput
                .by((line + " --orchestrator-url http://127.0.0.1:" + server.getAddress().getPort() + "/").split(" "));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
