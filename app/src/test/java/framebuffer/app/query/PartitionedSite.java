package framebuffer.app.query;

import framebuffer.client.Answer;
import framebuffer.client.FrameHandler;
import framebuffer.client.Processor;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump.PipelineLimits;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import io.opentelemetry.api.OpenTelemetry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Instances, processors and a producer on a Redis with several partitions. */
final class PartitionedSite implements AutoCloseable {
    final PartitionLayout partitions;
    /** The processed frames, in the order of their start. */
    final List<String> processed = Collections.synchronizedList(new ArrayList<>());
    private final RedisAddress redis;
    private final Map<String, Orchestrator> instances = new HashMap<>();
    private final List<Processor> processors = new ArrayList<>();
    private final Map<Integer, RedisConnection> producing = new ConcurrentHashMap<>();

    PartitionedSite(RedisAddress redis, int count) {
        this.redis = redis;
        this.partitions = PartitionLayout.of(redis, Partitioning.tagged("", count));
    }

    Orchestrator start(String instance) {
        PipelineLimits usual = PipelineLimits.DEFAULT;
        PipelineLimits limits = new PipelineLimits(usual.window(), usual.starvation(), usual.batch(),
                usual.maxAttempts(),
                usual.processingTimeout(), usual.foreignGroupRetention(), Duration.ofSeconds(2), usual.handOff(),
                usual.affinity());
        Pipeline.Settings frames = new Pipeline.Settings(redis, Keys.DEFAULT, "frame-buffer-v2", instance,
                RoutingStrategy.AFFINITY, limits, Pipeline.FlowControl.DEFAULT);
        Orchestrator one = Orchestrator.start(
                new Orchestrator.Settings(frames, partitions.how(), RegistrationPolicy.RegistrationLimits.DEFAULT,
                        Orchestrator.ProcessorMonitoring.DEFAULT,
                        new ApiServer.Settings("127.0.0.1", 0, ApiTokens.NONE), 500,
                        "test"),
                OpenTelemetry.noop(), InstantSource.system());
        instances.put(instance, one);
        return one;
    }

    void stop(String instance) {
        Orchestrator one = instances.remove(instance);
        if (one != null) {
            one.close();
        }
    }

    String url() {
        return "http://localhost:" + instances.values().iterator().next().port();
    }

    Processor processor(String id, int capacity, int concurrency) throws InterruptedException {
        return processor(id, capacity, concurrency, frame -> {
            processed.add(frame.frame().frameId());
            return Answer.processed("{}");
        });
    }

    Processor processor(String id, int capacity, int concurrency, FrameHandler handler) throws InterruptedException {
        Processor one = Processor.builder(id).capabilities("faces").capacity(capacity).concurrency(concurrency)
                .orchestrator(url()).redis(redis).handler(handler).start();
        processors.add(one);
        return one;
    }

    /** Captures a frame of this camera in its partition. */
    void capture(String camera, String frameId) {
        Partition partition = partitions.of(camera);
        producing.compute(partition.number(),
                (any, open) -> open == null || open.isBroken() ? RedisConnection.open(partition.redis()) : open)
                .call("XADD",
                        partition.keys().capture(), "*", "frame_id", frameId, "camera_id", camera, "detection_type",
                        "faces");
    }

    /** The response of the API, after its status. */
    String ask(String method, String path, @Nullable String body) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> response = http.send(HttpRequest.newBuilder(URI.create(url() + path))
                    .header("Content-Type", "application/json")
                    .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body)).build(),
                    BodyHandlers.ofString());
            return response.statusCode() + " " + response.body();
        }
    }

    @Override
    public void close() {
        processors.forEach(Processor::close);
        List.copyOf(instances.keySet()).forEach(this::stop);
        producing.values().forEach(RedisConnection::close);
    }
}
