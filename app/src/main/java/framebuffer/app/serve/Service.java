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

/** A running service: the orchestrator, and the embedded Redis unless the user named another. */
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
     * Starts the service; it answers requests when this returns.
     *
     * @throws CannotRun when the service cannot start with these options
     */
    public static Service start(ServeOptions options) {
        // Check the other options before a Redis starts.
        options.settings(RedisAddress.local(0));
        RedisAddress given = options.redis().given();
        EmbeddedRedis embedded = given == null ? startEmbedded(options.redis(), options.redisPort()) : null;
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

    private static EmbeddedRedis startEmbedded(RedisOptions options, int port) {
        try {
            return EmbeddedRedis.start(options.dataDir(), port == 0 ? EmbeddedRedis.freePort() : port, List.of(),
                    options.cacheFolder().redisServer()).keptAlive();
        } catch (IllegalStateException | UncheckedIOException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }

    /** The address of Redis. */
    public RedisAddress redis() {
        return redis;
    }

    /** The address of Redis, and the data folder of an embedded Redis. */
    String redisPlace() {
        return embedded == null ? redis.toString() : redis + " (embedded, data in " + embedded.data() + ")";
    }

    /** The base URL of the REST API on this machine. */
    public String url() {
        return orchestrator.url();
    }

    /** The tracing of this process. */
    public Tracing tracing() {
        return tracing;
    }

    /** The current ledger. */
    public Ledger ledger() {
        return orchestrator.ledger();
    }

    /** Whether another instance has taken this name because this one was silent for too long; then this instance must stop. */
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
