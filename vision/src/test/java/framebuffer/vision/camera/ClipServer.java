package framebuffer.vision.camera;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import framebuffer.vision.source.VideoAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A camera in the network that breaks off after 20 s of video, sent as fast as it goes. */
final class ClipServer implements AutoCloseable {
    private final HttpServer server;
    private final CountDownLatch served = new CountDownLatch(2);

    ClipServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/clip.mp4", this::serve);
        server.start();
    }

    VideoAddress address() {
        return VideoAddress.parse("http://127.0.0.1:" + server.getAddress().getPort() + "/clip.mp4");
    }

    boolean servedTwice() throws InterruptedException {
        return served.await(10, TimeUnit.SECONDS);
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            served.countDown();
            exchange.sendResponseHeaders(200, 0);
            Files.copy(DemoClip.path(), exchange.getResponseBody());
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
