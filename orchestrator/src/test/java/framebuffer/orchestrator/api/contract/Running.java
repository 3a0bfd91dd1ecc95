package framebuffer.orchestrator.api.contract;

import framebuffer.orchestrator.FrameWay;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.api.ApiServer;
import framebuffer.orchestrator.registry.RegistrationPolicy.Limits;
import framebuffer.orchestrator.routing.RoutingStrategy;
import framebuffer.streams.RedisAddress;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.wire.Keys;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.time.InstantSource;

/** The whole service, in which frames flow, with a Redis of its own and a client that calls it. */
public final class Running implements AutoCloseable {
    private final EmbeddedRedis server;
    private final Orchestrator orchestrator;
    private final RedisConnection redis;
    private final CheckedClient client;

    public Running(Path folder, Limits limits) {
        server = EmbeddedRedis.start(folder);
        orchestrator = start(server.address(), limits);
        redis = RedisConnection.open(server.address());
        client = new CheckedClient(orchestrator.port());
        Await.until("it is ready", () -> client.get("/health/ready").status() == 200);
    }

    private static Orchestrator start(RedisAddress redis, Limits limits) {
        FrameWay.Settings frames = new FrameWay.Settings(redis, Keys.DEFAULT, "frame-buffer-v2", "one",
                RoutingStrategy.LEAST_LOADED, FrameWay.Bounds.DEFAULT, FrameWay.Steering.DEFAULT);
        return Orchestrator.start(new Orchestrator.Settings(frames, limits, Orchestrator.Watching.DEFAULT,
                new ApiServer.Settings("127.0.0.1", 0, null), 500, "test"), OpenTelemetry.noop(),
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
