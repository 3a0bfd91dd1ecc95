package framebuffer.app.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.client.FrameHandler;
import framebuffer.client.Processor;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.Orchestrator.ProcessorMonitoring;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.observability.alerts.AlertThresholds;
import framebuffer.orchestrator.observability.alerts.AlertWebhook;
import framebuffer.orchestrator.pipeline.AffinityTable;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump.PipelineLimits;
import framebuffer.orchestrator.pipeline.admission.Window;
import framebuffer.orchestrator.pipeline.admission.Window.Starvation;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.health.CircuitPolicy;
import framebuffer.orchestrator.processors.polls.HealthPoller;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.redis.handoff.HandOff;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import framebuffer.wire.Keys;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A service for alert tests: alerts fire after 1/100 of the usual time, leases last one second, and the clock can be put forward. The test
 * controls its cameras and processors.
 */
final class Alarmed implements AutoCloseable {
    static final int WINDOW = 100;
    private static final AlertThresholds USUAL = AlertThresholds.DEFAULT;
    private static final AlertThresholds SOONER = new AlertThresholds(USUAL.cameraSilence().dividedBy(30),
            USUAL.cameraForgotten(), USUAL.backlog(), USUAL.oldest().dividedBy(100), Duration.ofMillis(200),
            USUAL.remembered().dividedBy(100), 100);

    private final Path folder;
    private final List<Processor> processors = new ArrayList<>();
    private final Orchestrator orchestrator;
    private EmbeddedRedis server;
    private RedisConnection redis;
    private volatile Duration ahead = Duration.ZERO;

    Alarmed(Path folder) {
        this(folder, null);
    }

    Alarmed(Path folder, AlertWebhook.@Nullable WebhookReceiver webhook) {
        this.folder = folder;
        server = EmbeddedRedis.start(folder);
        redis = RedisConnection.open(server.address());
        Pipeline.Settings way = new Pipeline.Settings(server.address(), Keys.DEFAULT, "frame-buffer-v2", "one",
                RoutingStrategy.LEAST_LOADED,
                new PipelineLimits(Window.Limit.of(WINDOW), Starvation.DEFAULT, 50, 5, Duration.ofMinutes(10),
                        Duration.ofHours(1),
                        Duration.ofSeconds(1), HandOff.HandOffLimits.DEFAULT, AffinityTable.AffinityLimits.DEFAULT),
                Pipeline.FlowControl.DEFAULT);
        ProcessorMonitoring watching = new ProcessorMonitoring(
                new CircuitPolicy.CircuitThresholds(3, Duration.ofSeconds(2), 1, Duration.ofHours(1)),
                HealthPoller.PollSettings.DEFAULT, Duration.ofHours(1), SOONER, webhook,
                ProcessorMonitoring.DEFAULT_HISTORY_RETENTION);
        InstantSource clock = () -> Instant.now().plus(ahead);
        orchestrator = Orchestrator.start(
                new Orchestrator.Settings(way, RegistrationPolicy.RegistrationLimits.DEFAULT, watching,
                        new ApiServer.Settings("127.0.0.1", 0, ApiTokens.NONE), 500, "test"),
                OpenTelemetry.noop(), clock);
        Await.until("it is ready", () -> Commands.get(url() + "/health/ready").path("status").isTextual());
    }

    String url() {
        return "http://localhost:" + orchestrator.port();
    }

    RedisConnection redis() {
        return redis;
    }

    RedisAddress address() {
        return server.address();
    }

    /** Puts the service's clock forward. */
    void later(Duration time) {
        ahead = ahead.plus(time);
    }

    void withoutRedis(Runnable work) {
        int port = server.address().port();
        redis.close();
        server.close();
        work.run();
        server = EmbeddedRedis.start(folder, port, List.of());
        redis = RedisConnection.open(server.address());
    }

    void processor(String id, int capacity, String capability, FrameHandler handler) throws InterruptedException {
        processors.add(Processor.builder(id).capabilities(capability).capacity(capacity).orchestrator(url())
                .redis(server.address()).handler(handler).start());
    }

    void capture(int frames, String camera, String capability) {
        for (int i = 0; i < frames; i++) {
            redis.call("XADD", "frames:capture", "*", "frame_id", camera + i, "camera_id", camera, "detection_type",
                    capability);
        }
    }

    boolean isFiring(String name, String subject) {
        JsonNode alerts = Commands.get(url() + "/alerts");
        return StreamSupport.stream(alerts.spliterator(), false).anyMatch(
                one -> one.path("name").asText().equals(name) && one.path("subject").asText().equals(subject));
    }

    void fires(String name, String subject) {
        Await.until(name + " fires", () -> isFiring(name, subject));
    }

    void clears(String name, String subject) {
        Await.until(name + " is over", () -> !isFiring(name, subject));
    }

    @Override
    public void close() {
        processors.forEach(Processor::close);
        orchestrator.close();
        redis.close();
        server.close();
    }
}
