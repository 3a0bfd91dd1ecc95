package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.client.Answer;
import framebuffer.client.Processor;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump.PipelineLimits;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.wire.Keys;
import io.opentelemetry.api.OpenTelemetry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The integration test of the plan: 100 frames of 2 cameras reach 3 processors in less than 5 s, each more than 20. */
class PipelineIT {
    private static final Pattern ROUTED = Pattern
            .compile("frame_buffer_frames_routed_total\\{[^}]*result=\"success\"[^}]*} (\\S+)");

    @Test
    void aHundredFramesOfTwoCamerasGoThroughThreeProcessorsAndNoneIsLost(@TempDir Path folder) throws Exception {
        try (EmbeddedRedis server = EmbeddedRedis.start(folder); Orchestrator orchestrator = orchestrator(server)) {
            String url = "http://localhost:" + orchestrator.port();
            List<Processor> processors = new ArrayList<>();
            try (RedisConnection redis = RedisConnection.open(server.address())) {
                for (int i = 0; i < 3; i++) {
                    processors.add(Processor.builder("proc" + i).capabilities("object_detection").capacity(100)
                            .orchestrator(url).redis(server.address())
                            .handler(frame -> Answer.processed("{\"bytes\":" + frame.pixels().length + "}")).start());
                }
                assertThat(get(url + "/processors")).contains("proc0", "proc1", "proc2");

                long start = System.nanoTime();
                for (int i = 0; i < 100; i++) {
                    redis.call("XADD", "frames:capture", "*", "frame_id", "integration_test_" + i, "camera_id",
                            "cam" + i % 2, "data", "test_frame_data");
                }
                Await.until("all are done", () -> Replies.number(redis.call("XLEN", "frames:results")) >= 100);
                Duration took = Duration.ofNanos(System.nanoTime() - start);

                // A processor counts a frame after Redis has confirmed the result, slightly after the result is visible.
                Await.until("all are counted",
                        () -> processors.stream().mapToLong(p -> p.statistics().processed()).sum() == 100);
                assertThat(processors).allSatisfy(p -> assertThat(p.statistics().processed()).isGreaterThan(20));
                assertThat(routed(get(url + "/metrics"))).isEqualTo(100);
                assertThat(took).isLessThan(Duration.ofSeconds(5));
                Ledger ledger = orchestrator.ledger();
                assertThat(ledger.balanced()).isTrue();
                assertThat(ledger.total().done()).isEqualTo(100);
                assertThat(ledger.cameras()).extracting(camera -> camera.counts().done()).containsExactly(50L, 50L);
            } finally {
                processors.forEach(Processor::close);
            }
        }
    }

    /** An instance with default options on a free port. */
    static Orchestrator orchestrator(EmbeddedRedis server) {
        Pipeline.Settings frames = new Pipeline.Settings(server.address(), Keys.DEFAULT, "frame-buffer-v2", "one",
                RoutingStrategy.LEAST_LOADED, PipelineLimits.DEFAULT, Pipeline.FlowControl.DEFAULT);
        return Orchestrator.start(
                new Orchestrator.Settings(frames, RegistrationPolicy.RegistrationLimits.DEFAULT,
                        Orchestrator.ProcessorMonitoring.DEFAULT,
                        new ApiServer.Settings("127.0.0.1", 0, ApiTokens.NONE), 500, "test"),
                OpenTelemetry.noop(), InstantSource.system());
    }

    private static String get(String url) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString()).body();
        }
    }

    private static double routed(String metrics) {
        Matcher lines = ROUTED.matcher(metrics);
        double sum = 0;
        while (lines.find()) {
            sum += Double.parseDouble(lines.group(1));
        }
        return sum;
    }
}
