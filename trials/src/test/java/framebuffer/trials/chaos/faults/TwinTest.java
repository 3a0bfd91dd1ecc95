package framebuffer.trials.chaos.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import framebuffer.testkit.Await;
import framebuffer.trials.chaos.faults.ChaosPipeline.Observation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A second instance of a name must end by itself, with exit code 2, and must never become ready. */
class TwinTest {
    @TempDir
    private Path folder;

    private Twin twin(String script, int port) {
        return new Twin("instance-1", List.of("sh", "-c", script), port, folder.resolve("log"));
    }

    @ParameterizedTest
    @CsvSource({"2, false", "0, true", "1, true"})
    void onlyTheExitCodeOfARefusalIsRight(int exitCode, boolean wrong) {
        try (Twin twin = twin("exit " + exitCode, 1)) {
            Await.until("it has ended", () -> twin.observe().what().contains("ended"));
            assertThat(twin.observe())
                    .isEqualTo(new Observation("the twin of instance-1 ended (" + exitCode + ")", wrong));
        }
    }

    @ParameterizedTest
    @CsvSource({"200, true", "503, false"})
    void oneThatRunsIsWrongWhenItIsReady(int status, boolean wrong) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/health/ready", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        try (Twin twin = twin("read line", server.getAddress().getPort())) {
            assertThat(twin.observe().wrong()).isEqualTo(wrong);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void oneThatRunsAndDoesNotAnswerMayWaitForRedis() {
        try (Twin twin = twin("read line", 1)) {
            assertThat(twin.observe()).isEqualTo(new Observation("the twin of instance-1 is not ready", false));
        }
    }
}
