package framebuffer.app.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.wire.Keys;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks {@code deploy/prometheus} with the real programs. Without them, the test is skipped; in CI it fails. */
class PrometheusTest {
    private static final Path RULES = Scraper.RULES;
    private static final Path TESTS = RULES.resolveSibling("tests").resolve("frame-buffer_test.yml");
    private static final Path RUNBOOKS = Path.of("../docs/runbooks");

    @BeforeAll
    static void prometheusIsThere() {
        Scraper.assumeThere();
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
        assertThat(run("promtool", "check", "config", RULES.resolveSibling("prometheus.yml").toString()))
                .as("files that rules/*.yml matches").contains("1 rule files found");
        assertThat(run("promtool", "test", "rules", TESTS.toString())).contains("SUCCESS");
        assertThat(matches("^        alertname: (\\w+)$", Files.readString(TESTS)))
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
                // An event that has never happened has no sample; other tests check the names of these metrics.
                Set<String> later = Set.of("frame_buffer_camera_ended", "frame_buffer_frames_lost_total",
                        "frame_buffer_circuit_state",
                        "frame_buffer_processor_health",
                        "frame_buffer_frames_completed_total", "frame_buffer_processor_queue_depth");
                for (String metric : matches("(frame_buffer_\\w+)", rules())) {
                    if (!later.contains(metric)) {
                        prometheus.until("count(" + metric + ")", value -> value > 0);
                    }
                }
            }
        }
    }

    static Orchestrator service(EmbeddedRedis server) {
        Pipeline.Settings frames = new Pipeline.Settings(server.address(), Keys.DEFAULT, "frame-buffer-v2", "one",
                RoutingStrategy.LEAST_LOADED, Pump.PipelineLimits.DEFAULT, Pipeline.FlowControl.DEFAULT);
        return Orchestrator.start(new Orchestrator.Settings(frames,
                new RegistrationPolicy.RegistrationLimits(10, Duration.ofSeconds(5)),
                Orchestrator.ProcessorMonitoring.DEFAULT,
                new ApiServer.Settings("127.0.0.1", 0, ApiTokens.NONE), 500, "test"), OpenTelemetry.noop(),
                InstantSource.system());
    }
}
