package framebuffer.app.serve;

import framebuffer.app.terminal.CannotRun;
import framebuffer.bridge.ResultBridge;
import framebuffer.migration.Migration;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.redis.embedded.RedisProgram;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** A running service: the orchestrator, and the embedded Redis unless the user named another. */
public final class Service implements AutoCloseable {
    private final Storage storage;
    private final Tracing tracing;
    private final InstanceNameHolder name;
    private final Orchestrator orchestrator;
    private final ResultBridge bridge;
    private final @Nullable Migration migration;

    /** The parts that the service needs before it answers. */
    private record Foundation(Storage storage, Tracing tracing, InstanceNameHolder name) {
    }

    /**
     * The Redis of the service.
     *
     * @param place its address for users, without the password; of an embedded Redis also its program and its data folder
     */
    private record Storage(RedisAddress address, String place, @Nullable EmbeddedRedis embedded)
            implements
                AutoCloseable {
        static Storage of(ServeOptions options) {
            RedisAddress given = options.redis().given();
            return given == null ? embeddedBy(options) : new Storage(given, given.toString(), null);
        }

        private static Storage embeddedBy(ServeOptions options) {
            int port = options.redisPort() == 0 ? EmbeddedRedis.freePort() : options.redisPort();
            try {
                RedisProgram program = options.redisProgram();
                EmbeddedRedis server = EmbeddedRedis.startWithPassword(options.redis().dataDir(), port, program)
                        .keptAlive();
                return new Storage(server.address().with(options.redis().patience()),
                        server.address() + " (embedded " + program + "; data in " + server.data() + ")", server);
            } catch (IllegalStateException | UncheckedIOException e) {
                throw new CannotRun(String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public void close() {
            if (embedded != null) {
                embedded.close();
            }
        }
    }

    private Service(Foundation on, Orchestrator orchestrator, ResultBridge bridge, @Nullable Migration migration) {
        this.tracing = on.tracing();
        this.name = on.name();
        this.storage = on.storage();
        this.orchestrator = orchestrator;
        this.bridge = bridge;
        this.migration = migration;
    }

    /**
     * Starts the service; it answers requests when this returns.
     *
     * @throws CannotRun when the service cannot start with these options
     */
    public static Service start(ServeOptions options) {
        // Check the other options before a Redis starts.
        options.check();
        Storage storage = Storage.of(options);
        RedisAddress address = storage.address();
        Tracing tracing = Tracing.fromEnvironment(System.getenv(), "frame-buffer");
        try {
            PartitionCountCheck.of(address, options.partitioning(), options.consumerGroup());
            MigrationCheck.of(address, options);
            InstanceNameHolder name = InstanceNameHolder.of(address, options);
            try {
                Orchestrator orchestrator = Orchestrator.start(options.settings(address), tracing.telemetry(),
                        InstantSource.system(), name.taken());
                ResultBridge bridge = ResultBridge.start(options.receivers(),
                        PartitionLayout.of(address, options.partitioning()), InstantSource.system());
                BridgeMetrics.register(orchestrator.metrics(), bridge);
                Migration migration = options.migration().isOn()
                        ? Migration.start(address, options.gateStreams(), options.instance(), options.shadowPolicy())
                        : null;
                if (migration != null) {
                    MigrationMetrics.register(orchestrator.metrics(), migration);
                }
                return new Service(new Foundation(storage, tracing, name), orchestrator, bridge, migration);
            } catch (RuntimeException e) {
                name.close();
                throw e;
            }
        } catch (RuntimeException e) {
            tracing.close();
            storage.close();
            throw e instanceof ApiServer.ListenFailed ? new CannotRun(String.valueOf(e.getMessage()), e) : e;
        }
    }

    /** The address of Redis. */
    public RedisAddress redis() {
        return storage.address();
    }

    /** The address of Redis without its password; of an embedded Redis also its program and its data folder. */
    public String redisPlace() {
        return storage.place();
    }

    /** The base URL of the REST API on this machine. */
    public String url() {
        return orchestrator.url();
    }

    /** Takes results to others. */
    public ResultBridge bridge() {
        return bridge;
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
    public boolean hasLostItsName() {
        return name.isLost();
    }

    @Override
    public void close() {
        bridge.close();
        if (migration != null) {
            migration.close();
        }
        orchestrator.close();
        name.close();
        tracing.close();
        storage.close();
    }
}
