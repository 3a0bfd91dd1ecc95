package framebuffer.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import framebuffer.client.Answer;
import framebuffer.client.FrameHandler;
import framebuffer.client.Processor;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.Orchestrator.ProcessorMonitoring;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.observability.alerts.AlertThresholds;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump.PipelineLimits;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.wire.Keys;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A running service with a Redis of its own, cameras and processors. */
final class Site implements AutoCloseable {
    private static final AlertThresholds USUAL = AlertThresholds.DEFAULT;
    /** Alerts fire thirty times sooner than usual. */
    private static final ProcessorMonitoring WATCHING = new ProcessorMonitoring(ProcessorMonitoring.DEFAULT.circuits(),
            ProcessorMonitoring.DEFAULT.polls(),
            ProcessorMonitoring.DEFAULT.forgetAfter(),
            new AlertThresholds(USUAL.cameraSilence(), USUAL.cameraForgotten(), USUAL.backlog(),
                    USUAL.oldest(), USUAL.latency(), USUAL.remembered(), 30),
            null, ProcessorMonitoring.DEFAULT_HISTORY_RETENTION);

    private final EmbeddedRedis server;
    private final RedisConnection redis;
    private final @Nullable String token;
    private final List<Processor> processors = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private Orchestrator orchestrator;

    Site(Path folder) {
        this(folder, null);
    }

    Site(Path folder, @Nullable String token) {
        this.token = token;
        server = EmbeddedRedis.start(folder);
        redis = RedisConnection.open(server.address());
        orchestrator = start(0);
    }

    private Orchestrator start(int port) {
        Pipeline.Settings frames = new Pipeline.Settings(server.address(), Keys.DEFAULT, "frame-buffer-v2", "one",
                RoutingStrategy.LEAST_LOADED, PipelineLimits.DEFAULT, Pipeline.FlowControl.DEFAULT);
        return Orchestrator.start(
                new Orchestrator.Settings(frames, new RegistrationLimits(100, Duration.ofSeconds(5)),
                        WATCHING,
                        new ApiServer.Settings("127.0.0.1", port, token == null ? ApiTokens.NONE : ApiTokens.of(token)),
                        500,
                        "test"),
                OpenTelemetry.noop(), InstantSource.system());
    }

    int port() {
        return orchestrator.port();
    }

    String url() {
        return "http://127.0.0.1:" + port() + "/";
    }

    RedisConnection redis() {
        return redis;
    }

    /** It stops, and starts again on the same port when the work is done. */
    void without(Runnable work) {
        int port = port();
        orchestrator.close();
        work.run();
        orchestrator = start(port);
    }

    void redisGoes() {
        server.close();
    }

    /** A processor that is there, and reads nothing from its queue. */
    void idle(String id, int capacity, String capability) {
        idle(id, capacity, capability, 3_600);
    }

    void idle(String id, int capacity, String capability, int heartbeatSeconds) {
        call("POST", "processors/register", "{\"id\": \"" + id + "\", \"capacity\": " + capacity
                + ", \"capabilities\": [\"" + capability + "\"], \"heartbeat_interval\": " + heartbeatSeconds + "}");
    }

    /** A processor that works. */
    void working(String id, int capacity, String capability, FrameHandler handler) throws InterruptedException {
        processors.add(Processor.builder(id).capabilities(capability).capacity(capacity).orchestrator(url())
                .redis(server.address()).handler(handler).start());
    }

    void working(String id, int capacity, String capability) throws InterruptedException {
        working(id, capacity, capability, _ -> Answer.processed("{}"));
    }

    void capture(String frame, String camera, String capability) {
        redis.call("XADD", "frames:capture", "*", "frame_id", frame, "camera_id", camera, "detection_type", capability);
    }

    JsonNode get(String path) {
        return call("GET", path, "");
    }

    JsonNode call(String method, String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path)).method(method,
                body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            return JsonMapper.builder().build().readTree(http.send(request.build(), BodyHandlers.ofString()).body());
        } catch (IOException e) {
            throw new AssertionError(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        processors.forEach(Processor::close);
        orchestrator.close();
        redis.close();
        http.close();
        server.close();
    }
}
