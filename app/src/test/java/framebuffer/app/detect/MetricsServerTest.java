package framebuffer.app.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.app.terminal.CannotRun;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsServerTest {
    private static HttpResponse<String> ask(MetricsServer server, String method, String path)
            throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                    .method(method, BodyPublishers.noBody()).build(), BodyHandlers.ofString());
        }
    }

    @Test
    void onlyTheMetricsAreShown() throws Exception {
        try (MetricsServer server = new MetricsServer("127.0.0.1", 0, () -> "frames_total 3\n")) {
            assertThat(ask(server, "GET", "/metrics").body()).isEqualTo("frames_total 3\n");
            assertThat(ask(server, "POST", "/metrics").statusCode()).isEqualTo(405);
            assertThat(ask(server, "GET", "/metrics/more").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void callersThatSendNothingCannotTakeAllPlaces() throws Exception {
        List<Socket> idle = new ArrayList<>();
        try (MetricsServer server = new MetricsServer("127.0.0.1", 0, () -> "frames_total 3\n")) {
            for (int i = 0; i < 100; i++) {
                idle.add(new Socket(InetAddress.getLoopbackAddress(), server.port()));
            }
            assertThat(ask(server, "GET", "/metrics").statusCode()).isEqualTo(200);
            idle.getFirst().setSoTimeout(20_000);
            assertThat(idle.getFirst().getInputStream().read()).as("the oldest is closed").isEqualTo(-1);
        } finally {
            for (Socket one : idle) {
                one.close();
            }
        }
    }

    @Test
    void anAddressThatIsTakenIsNamed() {
        try (MetricsServer server = new MetricsServer("127.0.0.1", 0, () -> "")) {
            assertThatThrownBy(() -> new MetricsServer("127.0.0.1", server.port(), () -> ""))
                    .isInstanceOf(CannotRun.class)
                    .hasMessageContaining("--metrics-port").hasMessageContaining(String.valueOf(server.port()));
        }
    }
}
