package framebuffer.app.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import framebuffer.orchestrator.FrameWay;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.api.ApiServer;
import framebuffer.orchestrator.registry.RegistrationPolicy;
import framebuffer.orchestrator.routing.RoutingStrategy;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.embedded.EmbeddedRedis;
import framebuffer.wire.Keys;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoublePredicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in {@code deploy/prometheus}, with the real programs. On a machine without them it is skipped; in CI it fails. */
class PrometheusTest {
    private static final Path RULES = Path.of("../deploy/prometheus/rules");
    private static final Path RUNBOOKS = Path.of("../docs/runbooks");
    private static final Duration SOON = Duration.ofSeconds(30);

    @BeforeAll
    static void prometheusIsThere() {
        boolean there = Stream.of("prometheus", "promtool").allMatch(program -> Arrays
                .stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program))));
        assumeTrue(there || "true".equals(System.getenv("CI")), "prometheus is not installed");
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static Set<String> matches(String pattern, String text) {
        return Pattern.compile(pattern, Pattern.MULTILINE).matcher(text).results().map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String rules() throws IOException {
        return Files.readString(RULES.resolve("frame-buffer.yml"));
    }

    @Test
    void theRulesAreRightAndEachFiresForWhatItIsMeantForOnly() throws Exception {
        run("promtool", "check", "rules", RULES.resolve("frame-buffer.yml").toString());
        run("promtool", "check", "config", "--syntax-only", RULES.resolveSibling("prometheus.yml").toString());
        assertThat(run("promtool", "test", "rules", RULES.resolve("frame-buffer_test.yml").toString()))
                .contains("SUCCESS");
        assertThat(matches("^        alertname: (\\w+)$", Files.readString(RULES.resolve("frame-buffer_test.yml"))))
                .as("each alert is tested").isEqualTo(matches("- alert: (\\w+)", rules()));
    }

    @Test
    void eachAlertHasAPageAndEachPageAnAlert() throws IOException {
        try (Stream<Path> pages = Files.list(RUNBOOKS)) {
            assertThat(matches("runbook: docs/runbooks/(.+)$", rules()))
                    .isEqualTo(pages.map(page -> page.getFileName().toString()).collect(Collectors.toSet()));
        }
    }

    @Test
    void aRealPrometheusScrapesARunningServiceAndKnowsAllThatTheRulesAskFor(@TempDir Path folder) throws Exception {
        try (EmbeddedRedis server = EmbeddedRedis.start(folder.resolve("redis"));
                RedisConnection redis = RedisConnection.open(server.address());
                Orchestrator service = service(server)) {
            for (int i = 0; i < 20; i++) {
                redis.call("XADD", "frames:capture", "*", "frame_id", "f" + i, "camera_id", "yard");
            }
            redis.call("XADD", "frames:capture", "*", "camera_id", "invalid");
            try (Scraper prometheus = new Scraper(folder, service.port())) {
                prometheus.until("up", value -> value == 1);
                prometheus.until("sum(frame_buffer_frames_captured_total)", value -> value == 21);
                prometheus.until("sum(frame_buffer_dead_letters_total)", value -> value == 1);
                prometheus.until("frame_buffer_ledger_balanced", value -> value == 1);
                // What has never happened has no sample yet; that it is named so is asserted where metrics are.
                Set<String> later = Set.of("frame_buffer_frames_lost_total", "frame_buffer_circuit_state",
                        "frame_buffer_frames_completed_total", "frame_buffer_processor_queue_depth");
                for (String metric : matches("(frame_buffer_\\w+)", rules())) {
                    if (!later.contains(metric)) {
                        prometheus.until("count(" + metric + ")", value -> value > 0);
                    }
                }
            }
        }
    }

    private static Orchestrator service(EmbeddedRedis server) {
        FrameWay.Settings frames = new FrameWay.Settings(server.address(), Keys.DEFAULT, "frame-buffer-v2", "one",
                RoutingStrategy.LEAST_LOADED, FrameWay.Bounds.DEFAULT, FrameWay.Steering.DEFAULT);
        return Orchestrator.start(new Orchestrator.Settings(frames,
                new RegistrationPolicy.Limits(10, Duration.ofSeconds(5)), Orchestrator.Watching.DEFAULT,
                new ApiServer.Settings("127.0.0.1", 0, null), 500, "test"), OpenTelemetry.noop(),
                InstantSource.system());
    }

    /** A Prometheus of our own, with our configuration but for the port. */
    private static final class Scraper implements AutoCloseable {
        private final Process process;
        private final int port;
        private final HttpClient http = HttpClient.newHttpClient();

        Scraper(Path folder, int service) throws IOException {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = socket.getLocalPort();
            }
            Path config = folder.resolve("prometheus.yml");
            Files.writeString(config, Files.readString(RULES.resolveSibling("prometheus.yml"))
                    .replace("localhost:8002", "localhost:" + service).replace("5s", "200ms")
                    .replace("rules/*.yml", RULES.toAbsolutePath() + "/frame-buffer.yml"));
            process = new ProcessBuilder(List.of("prometheus", "--config.file", config.toString(),
                    "--storage.tsdb.path", folder.resolve("data").toString(), "--web.listen-address",
                    "127.0.0.1:" + port)).redirectErrorStream(true)
                    .redirectOutput(folder.resolve("prometheus.log").toFile()).start();
        }

        /** Asks again and again until the first value of the answer is so. */
        void until(String query, DoublePredicate right) throws Exception {
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

        private JsonNode ask(String query) throws Exception {
            try {
                return new ObjectMapper().readTree(http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                        + port + "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8))).build(),
                        BodyHandlers.ofString()).body());
            } catch (IOException e) {
                // It is still starting.
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
}
