package framebuffer.app.serve;

import framebuffer.app.settings.RedisOptions;
import framebuffer.app.settings.Tracing;
import framebuffer.app.settings.Unusable;
import framebuffer.app.settings.Version;
import framebuffer.orchestrator.FrameWay;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.api.ApiServer;
import framebuffer.orchestrator.api.http.Token;
import framebuffer.orchestrator.ledger.Ledger;
import framebuffer.orchestrator.registry.RegistrationPolicy;
import framebuffer.streams.RedisAddress;
import framebuffer.streams.embedded.EmbeddedRedis;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** A running service: the orchestrator, and below it the embedded Redis if no other was given. */
public final class Service implements AutoCloseable {
    private final @Nullable EmbeddedRedis embedded;
    private final RedisAddress redis;
    private final Orchestrator orchestrator;

    private Service(@Nullable EmbeddedRedis embedded, RedisAddress redis, Orchestrator orchestrator) {
        this.embedded = embedded;
        this.redis = redis;
        this.orchestrator = orchestrator;
    }

    /**
     * Starts it; it answers when this returns.
     *
     * @throws Unusable
     *             when it cannot be started so
     */
    public static Service start(RedisOptions redisOptions, ServeOptions options) {
        options.refuseIfOpenToTheWorld();
        Orchestrator.Settings unplaced = settings(RedisAddress.local(0), redisOptions, options);
        RedisAddress given = redisOptions.given();
        EmbeddedRedis embedded = given == null ? startEmbedded(redisOptions) : null;
        RedisAddress address = embedded == null ? java.util.Objects.requireNonNull(given) : embedded.address();
        try {
            return new Service(embedded, address, Orchestrator.start(placed(unplaced, address),
                    Tracing.fromEnvironment(System.getenv(), "frame-buffer"), InstantSource.system()));
        } catch (RuntimeException e) {
            if (embedded != null) {
                embedded.close();
            }
            throw e instanceof ApiServer.CannotListen ? new Unusable(String.valueOf(e.getMessage()), e) : e;
        }
    }

    private static EmbeddedRedis startEmbedded(RedisOptions options) {
        try {
            return EmbeddedRedis.start(options.dataDir());
        } catch (IllegalStateException | UncheckedIOException e) {
            throw new Unusable(String.valueOf(e.getMessage()), e);
        }
    }

    private static Orchestrator.Settings settings(RedisAddress address, RedisOptions redis, ServeOptions options) {
        FrameWay.Settings frames = new FrameWay.Settings(address, redis.keys(), options.consumerGroup(),
                options.instance(), options.strategy(), options.bounds());
        RegistrationPolicy.Limits limits = new RegistrationPolicy.Limits(options.maxProcessors(),
                RegistrationPolicy.Limits.DEFAULT.takeoverAfter());
        String token = options.apiToken();
        return new Orchestrator.Settings(frames, limits,
                new ApiServer.Settings(options.host(), options.port(), token == null ? null : new Token(token)),
                options.metricsMaxCameras(), Version.current());
    }

    private static Orchestrator.Settings placed(Orchestrator.Settings settings, RedisAddress address) {
        FrameWay.Settings frames = settings.frames();
        return new Orchestrator.Settings(new FrameWay.Settings(address, frames.keys(), frames.group(),
                frames.instance(), frames.strategy(), frames.bounds()), settings.processors(), settings.api(),
                settings.maxCameras(), settings.version());
    }

    /** Where its Redis is. */
    public RedisAddress redis() {
        return redis;
    }

    /** The base URL of its REST API, for this machine. */
    public String url() {
        return "http://localhost:" + orchestrator.port();
    }

    /** What became of every frame, as of now. */
    public Ledger ledger() {
        return orchestrator.ledger();
    }

    @Override
    public void close() {
        orchestrator.close();
        if (embedded != null) {
            embedded.close();
        }
    }
}
