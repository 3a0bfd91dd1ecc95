package framebuffer.app.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.client.FrameHandler;
import framebuffer.client.Processor;
import framebuffer.orchestrator.FrameWay;
import framebuffer.orchestrator.FrameWay.Bounds;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.Orchestrator.Watching;
import framebuffer.orchestrator.admission.Starvation;
import framebuffer.orchestrator.admission.Window;
import framebuffer.orchestrator.affinity.Placing;
import framebuffer.orchestrator.alerts.AlertWebhook;
import framebuffer.orchestrator.alerts.Alerting;
import framebuffer.orchestrator.alerts.Thresholds;
import framebuffer.orchestrator.api.ApiServer;
import framebuffer.orchestrator.breaker.CircuitPolicy;
import framebuffer.orchestrator.registry.RegistrationPolicy;
import framebuffer.orchestrator.routing.RoutingStrategy;
import framebuffer.orchestrator.watch.EndpointPolls;
import framebuffer.streams.RedisAddress;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.embedded.EmbeddedRedis;
import framebuffer.streams.handoff.HandOff;
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
 * A service whose alerts fire a hundred times sooner than usual, whose instances may be silent for a second, and whose clock can be put
 * forward; with cameras and processors that do what they are told.
 */
final class Alarmed implements AutoCloseable {
    static final int WINDOW = 100;
    private static final Thresholds USUAL = Thresholds.DEFAULT;
    private static final Thresholds SOONER = new Thresholds(USUAL.cameraSilence().dividedBy(30),
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

    Alarmed(Path folder, AlertWebhook.@Nullable Settings webhook) {
        this.folder = folder;
        server = EmbeddedRedis.start(folder);
        redis = RedisConnection.open(server.address());
        FrameWay.Settings way = new FrameWay.Settings(server.address(), Keys.DEFAULT, "frame-buffer-v2", "one",
                RoutingStrategy.LEAST_LOADED,
                new Bounds(Window.Limit.of(WINDOW), Starvation.DEFAULT, 50, 5, Duration.ofMinutes(10),
                        Duration.ofHours(1),
                        Duration.ofSeconds(1), HandOff.Limits.DEFAULT, Placing.Limits.DEFAULT),
                FrameWay.Steering.DEFAULT);
        Watching watching = new Watching(
                new CircuitPolicy.Thresholds(3, Duration.ofSeconds(2), 1, Duration.ofHours(1)),
                EndpointPolls.Settings.DEFAULT, Duration.ofHours(1), new Alerting(SOONER, webhook));
        InstantSource clock = () -> Instant.now().plus(ahead);
        orchestrator = Orchestrator.start(
                new Orchestrator.Settings(way, RegistrationPolicy.Limits.DEFAULT, watching,
                        new ApiServer.Settings("127.0.0.1", 0, null), 500, "test"),
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

    /** For the service, so much time has passed. */
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
