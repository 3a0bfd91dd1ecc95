package framebuffer.app.deploy;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import framebuffer.redis.embedded.EmbeddedRedis;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoublePredicate;
import java.util.stream.Stream;

/** A private Prometheus with our configuration, except for the port. */
final class Scraper implements AutoCloseable {
    static final Path RULES = Path.of("../deploy/prometheus/rules");
    private static final Duration SOON = Duration.ofSeconds(30);

    private final Process process;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();

    Scraper(Path folder, int service) throws IOException {
        port = EmbeddedRedis.freePort();
        Path config = folder.resolve("prometheus.yml");
        Files.writeString(config, Files.readString(RULES.resolveSibling("prometheus.yml"))
                .replace("localhost:8002", "localhost:" + service).replace("5s", "200ms")
                .replace("rules/*.yml", RULES.toAbsolutePath() + "/*.yml"));
        process = new ProcessBuilder(List.of("prometheus", "--config.file", config.toString(),
                "--storage.tsdb.path", folder.resolve("data").toString(), "--web.listen-address",
                "127.0.0.1:" + port)).redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile()).start();
    }

    /** Without Prometheus, the caller's tests are skipped; in CI they fail. */
    static void assumeThere() {
        boolean there = Stream.of("prometheus", "promtool").allMatch(program -> Arrays
                .stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program))));
        assumeTrue(there || System.getenv("CI") != null, "prometheus is not installed");
    }

    /** Repeats the query until its first value matches. */
    void until(String query, DoublePredicate right) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + SOON.toNanos();
        JsonNode last = null;
        while (System.nanoTime() < deadline) {
            last = ask(query);
            JsonNode value = last == null ? null : last.path("data").path("result").path(0).path("value").path(1);
            if (value != null && !value.isMissingNode() && right.test(value.asDouble())) {
                return;
            }
            LockSupport.parkNanos(20_000_000);
        }
        throw new AssertionError(query + ": " + last);
    }

    private JsonNode ask(String query) throws IOException, InterruptedException {
        try {
            return new ObjectMapper().readTree(http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                    + port + "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8))).build(),
                    BodyHandlers.ofString()).body());
        } catch (IOException e) {
            // Prometheus is still starting.
            return null;
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
        http.shutdownNow();
    }
}
