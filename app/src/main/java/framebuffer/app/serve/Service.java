package framebuffer.app.serve;

import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.RedisOptions;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.api.ApiServer;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.embedded.EmbeddedRedis;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A running service: the orchestrator, and below it the embedded Redis if no other was given. */
public final class Service implements AutoCloseable {
    private final @Nullable EmbeddedRedis embedded;
    private final RedisAddress redis;
    private final Tracing tracing;
    private final InstanceNameHolder name;
    private final Orchestrator orchestrator;

    private Service(@Nullable EmbeddedRedis embedded, RedisAddress redis, Tracing tracing, InstanceNameHolder name,
            Orchestrator orchestrator) {
        this.tracing = tracing;
        this.name = name;
        this.embedded = embedded;
        this.redis = redis;
        this.orchestrator = orchestrator;
    }

    /**
     * Starts it; it answers when this returns.
     *
     * @throws CannotRun
     *             when it cannot be started so
     */
    public static Service start(ServeOptions options) {
        // What is wrong with the rest is said before a Redis is started.
        options.settings(RedisAddress.local(0));
        RedisAddress given = options.redis().given();
        EmbeddedRedis embedded = given == null ? startEmbedded(options.redis()) : null;
        RedisAddress address = embedded == null
                ? Objects.requireNonNull(given)
                : embedded.address().with(options.redis().patience());
        Tracing tracing = Tracing.fromEnvironment(System.getenv(), "frame-buffer");
        try {
            PartitionCountCheck.of(address, options.redis().partitioning(), options.consumerGroup());
            InstanceNameHolder name = InstanceNameHolder.of(address, options);
            try {
                return new Service(embedded, address, tracing, name,
                        Orchestrator.start(options.settings(address), tracing.telemetry(), InstantSource.system(),
                                name.taken()));
            } catch (RuntimeException e) {
                name.close();
                throw e;
            }
        } catch (RuntimeException e) {
            tracing.close();
            if (embedded != null) {
                embedded.close();
            }
            throw e instanceof ApiServer.ListenFailed ? new CannotRun(String.valueOf(e.getMessage()), e) : e;
        }
    }

    private static EmbeddedRedis startEmbedded(RedisOptions options) {
        try {
            return EmbeddedRedis.start(options.dataDir(), EmbeddedRedis.freePort(), List.of(),
                    options.cacheFolder().redisServer()).keptAlive();
        } catch (IllegalStateException | UncheckedIOException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }

    /** Where its Redis is. */
    public RedisAddress redis() {
        return redis;
    }

    /** Where its Redis is, and where its data is if it is ours. */
    String redisPlace() {
        return embedded == null ? redis.toString() : redis + " (embedded, data in " + embedded.data() + ")";
    }

    /** The base URL of its REST API, for this machine. */
    public String url() {
        return orchestrator.url();
    }

    /** Where spans of this process go. */
    public Tracing tracing() {
        return tracing;
    }

    /** What became of every frame, as of now. */
    public Ledger ledger() {
        return orchestrator.ledger();
    }

    /** Whether another instance of its name runs, for this one was silent for too long: then it is to end. */
    boolean hasLostItsName() {
        return name.isLost();
    }

    @Override
    public void close() {
        orchestrator.close();
        name.close();
        tracing.close();
        if (embedded != null) {
            embedded.close();
        }
    }
}
