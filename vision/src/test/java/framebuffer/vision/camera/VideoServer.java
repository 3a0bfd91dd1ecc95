package framebuffer.vision.camera;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import framebuffer.vision.source.VideoAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Serves videos over HTTP without throttling, in all ways that servers use. */
final class VideoServer implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore asked = new Semaphore(0);

    VideoServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    /** Declares the length, but supports no ranges. */
    VideoAddress sized(String path, byte[] content) {
        return serve(path, exchange -> send(exchange, content, content.length, content.length));
    }

    /** Declares the length, and breaks off in the middle. */
    VideoAddress cut(String path, byte[] content) {
        return serve(path, exchange -> send(exchange, content, content.length, content.length / 2));
    }

    /** Declares no length, like live video. */
    VideoAddress chunked(String path, byte[] content) {
        return serve(path, exchange -> send(exchange, content, 0, content.length));
    }

    /** Declares the length, and supports ranges. */
    VideoAddress ranges(String path, byte[] content) {
        return serve(path, exchange -> {
            exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
            String asked = exchange.getRequestHeaders().getFirst("Range");
            Matcher range = RANGE.matcher(asked == null ? "" : asked);
            if (!range.matches()) {
                send(exchange, content, content.length, content.length);
                return;
            }
            int from = Integer.parseInt(range.group(1));
            int to = range.group(2).isEmpty() ? content.length : Integer.parseInt(range.group(2)) + 1;
            exchange.getResponseHeaders().set("Content-Range",
                    "bytes " + from + '-' + (to - 1) + '/' + content.length);
            exchange.sendResponseHeaders(206, to - from);
            exchange.getResponseBody().write(content, from, to - from);
        });
    }

    /** A playlist, generated for each request. */
    VideoAddress playlist(String path, Supplier<String> text) {
        return serve(path, exchange -> {
            byte[] content = text.get().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/vnd.apple.mpegurl");
            send(exchange, content, content.length, content.length);
        });
    }

    /** Whether videos were requested this often within 10 s. */
    boolean asked(int times) throws InterruptedException {
        return asked.tryAcquire(times, 10, TimeUnit.SECONDS);
    }

    /** Requests for videos that were not awaited yet. */
    int asked() {
        return asked.drainPermits();
    }

    private VideoAddress serve(String path, Answer answer) {
        server.createContext(path, exchange -> {
            try (exchange) {
                asked.release();
                answer.to(exchange);
            }
        });
        return VideoAddress.parse("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private static void send(HttpExchange exchange, byte[] content, int said, int sent) throws IOException {
        exchange.sendResponseHeaders(200, said);
        exchange.getResponseBody().write(content, 0, sent);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }
}
