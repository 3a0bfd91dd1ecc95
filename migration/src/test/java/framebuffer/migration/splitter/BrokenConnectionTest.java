package framebuffer.migration.splitter;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.migration.splitter.SplitProxy.ProxySettings;
import framebuffer.testkit.Commands;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class BrokenConnectionTest {
    private static final byte[] FINE = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
            .getBytes(StandardCharsets.UTF_8);

    private final List<String> seen = new CopyOnWriteArrayList<>();

    /** Answers the first request of each connection, and breaks the connection at the second. */
    private void answerOneEach(ServerSocket server) {
        try {
            while (true) {
                try (Socket socket = server.accept()) {
                    BufferedReader in = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                    if (read(in)) {
                        socket.getOutputStream().write(FINE);
                        read(in);
                    }
                }
            }
        } catch (SocketException e) {
            // The test has ended.
            seen.add("end");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private boolean read(BufferedReader in) throws IOException {
        String line = in.readLine();
        if (line == null) {
            return false;
        }
        seen.add(line);
        String header = line;
        while (header != null && !header.isEmpty()) {
            header = in.readLine();
        }
        return true;
    }

    @Test
    void aPollIsNotRepeatedAtASideThatMayHaveTakenFramesAway() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answerOneEach(server));
            URI url = URI.create("http://127.0.0.1:" + server.getLocalPort());
            try (SplitProxy proxy = SplitProxy.start(
                    new ProxySettings(url, url, Duration.ofSeconds(20), "127.0.0.1", 0), SplitShare.of(0))) {
                String dequeue = "http://127.0.0.1:" + proxy.port() + "/frames/dequeue?n=";
                assertThat(Commands.get(dequeue + 1).isEmpty()).isTrue();
                assertThat(Commands.get(dequeue + 2).path("detail").asText()).contains("old service failed");
            }
            assertThat(seen).containsExactly("GET /frames/dequeue?n=1 HTTP/1.1", "GET /frames/dequeue?n=2 HTTP/1.1");
        }
    }
}
