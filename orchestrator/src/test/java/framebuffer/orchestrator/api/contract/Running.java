package framebuffer.orchestrator.api.contract;

import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.wire.Keys;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.time.InstantSource;

/** The whole service with frame traffic, its own Redis, and a client. */
public final class Running implements AutoCloseable {
    private final EmbeddedRedis server;
    private final Orchestrator orchestrator;
    private final RedisConnection redis;
    private final CheckedClient client;

    public Running(Path folder, RegistrationLimits limits) {
        server = EmbeddedRedis.start(folder);
        orchestrator = start(server.address(), limits);
        redis = RedisConnection.open(server.address());
        client = new CheckedClient(orchestrator.port());
        Await.until("it is ready", () -> client.get("/health/ready").status() == 200);
    }

    private static Orchestrator start(RedisAddress redis, RegistrationLimits limits) {
        Pipeline.Settings frames = new Pipeline.Settings(redis, Keys.DEFAULT, "frame-buffer-v2", "one",
                RoutingStrategy.LEAST_LOADED, Pump.PipelineLimits.DEFAULT, Pipeline.FlowControl.DEFAULT);
        return Orchestrator.start(new Orchestrator.Settings(frames, limits, Orchestrator.ProcessorMonitoring.DEFAULT,
                new ApiServer.Settings("127.0.0.1", 0, ApiTokens.NONE), 500, "test"), OpenTelemetry.noop(),
                InstantSource.system());
    }

    public CheckedClient client() {
        return client;
    }

    public RedisConnection redis() {
        return redis;
    }

    @Override
    public void close() {
        redis.close();
        orchestrator.close();
        server.close();
    }
}
