package framebuffer.app.serve;

import framebuffer.app.config.ValueRange;
import framebuffer.app.config.Version;
import framebuffer.app.help.OptionGroup;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.LogOptions;
import framebuffer.app.terminal.RedisOptions;
import framebuffer.bridge.ResultBridge.BridgeSettings;
import framebuffer.migration.gate.GateStreams;
import framebuffer.migration.shadow.ShadowPolicy;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.embedded.RedisProgram;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import framebuffer.wire.Secret;
import framebuffer.wire.SecretAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the service, shared by {@code serve} and {@code demo}. */
@OptionGroup("Instance")
public final class ServeOptions {
    private static final String BUNDLED = "bundled";

    @Mixin
    private final LogOptions log = new LogOptions();

    @Mixin
    private final RedisOptions redis = new RedisOptions();

    @Mixin
    private final ListenOptions listen = new ListenOptions();

    @Mixin
    private final PipelineOptions flow = new PipelineOptions();

    @Mixin
    private final HealthOptions health = new HealthOptions();

    @Mixin
    private final DeadLetterOptions letters = new DeadLetterOptions();

    @Mixin
    private final JourneyOptions journey = new JourneyOptions();

    @Mixin
    private final ResultOptions results = new ResultOptions();

    @Mixin
    private final AlertOptions alerts = new AlertOptions();

    @Mixin
    private final BridgeOptions bridge = new BridgeOptions();

    @Mixin
    private final MigrationOptions migration = new MigrationOptions();

    @ValueRange(least = "0", most = "65535")
    @Option(names = "--redis-port", paramLabel = "PORT", defaultValue = "0", description = "Port of the embedded Redis; 0: any free port. Default: ${DEFAULT-VALUE}.")
    private int redisPort;

    @Option(names = "--redis-server", paramLabel = "PROGRAM", description = "Program of the embedded Redis: a file, or \"bundled\" for the one that comes with frame-buffer, which is for trial. Default: valkey-server 7.2 or later, or redis-server 7.0 or later, on PATH; if there is none, bundled.")
    private @Nullable String redisServer;

    @Option(names = "--instance-id", paramLabel = "NAME", description = "Name of this instance. After a restart under the same name, the instance continues with its pending frames. Default: host name, port, and a random part that the data folder keeps.")
    private @Nullable String instanceId;

    @ValueRange(least = "1", most = "10000")
    @Option(names = "--max-processors", paramLabel = "N", defaultValue = "50", description = "Maximum number of registered processors. Default: ${DEFAULT-VALUE}.")
    private int maxProcessors;

    @ValueRange(least = "0s", most = "1h")
    @Option(names = "--takeover-after", paramLabel = "TIME", defaultValue = "5s", description = "Time without a sign of life from a processor, after which another may register under its id. Default: ${DEFAULT-VALUE}.")
    private Duration takeoverAfter = RegistrationPolicy.RegistrationLimits.DEFAULT.takeoverAfter();

    @ValueRange(least = "1", most = "100000")
    @Option(names = "--metrics.max-cameras", paramLabel = "N", defaultValue = "500", description = "Maximum number of cameras with their own series in the metrics; all others share \"other\". Default: ${DEFAULT-VALUE}.")
    private int metricsMaxCameras;

    public LogOptions log() {
        return log;
    }

    public RedisOptions redis() {
        return redis;
    }

    /** The port of the embedded Redis; 0: any free port. */
    int redisPort() {
        return redisPort;
    }

    /**
     * The program of the embedded Redis.
     *
     * @throws IllegalStateException when the program that the user named is unusable
     */
    RedisProgram redisProgram() {
        if (redisServer != null && !redisServer.equals(BUNDLED)) {
            return RedisProgram.named(Path.of(redisServer));
        }
        Optional<RedisProgram> installed = redisServer == null
                ? RedisProgram.onPath(System.getenv().getOrDefault("PATH", ""))
                : Optional.empty();
        return installed.orElseGet(() -> RedisProgram.bundledIn(redis.cacheFolder()));
    }

    MigrationOptions migration() {
        return migration;
    }

    /** How frames are spread over partitions. */
    Partitioning partitioning() {
        return migration.behindGate(redis.partitioning());
    }

    /** Whether the service takes part in a migration. */
    public boolean takesPartInMigration() {
        return migration.isOn();
    }

    /** The streams that the gate of a migration lies between. */
    public GateStreams gateStreams() {
        return migration.streams(partitioning(), consumerGroup());
    }

    /** For the decisions of the shadow. */
    ShadowPolicy shadowPolicy() {
        return new ShadowPolicy(flow.strategy() == RoutingStrategy.AFFINITY, flow.maxAge());
    }

    String consumerGroup() {
        return flow.consumerGroup();
    }

    public @Nullable Secret apiToken() {
        return listen.apiToken();
    }

    /** The TLS with which parts of this process call the REST API; null: none is needed. */
    public @Nullable SSLContext tlsOfOwnClients() {
        return listen.tlsOfOwnClients();
    }

    /**
     * The settings of an orchestrator on this Redis.
     *
     * @throws CannotRun when the API would be reachable from other machines without a token
     */
    Orchestrator.Settings settings(RedisAddress address) {
        listen.refuseIfOpenToTheWorld();
        Partitioning partitioning = partitioning();
        return new Orchestrator.Settings(
                new Pipeline.Settings(address, redis.pixels(), new Keys(redis.keyPrefix(), partitioning.gated()),
                        flow.consumerGroup(),
                        instance(), flow.strategy(), flow.bounds(), flow.steering(), letters.letters(),
                        journey.settings(), results.retention()),
                partitioning,
                new RegistrationPolicy.RegistrationLimits(maxProcessors, takeoverAfter),
                health.watching(alerts.receiver(), journey.history()),
                listen.settings(),
                metricsMaxCameras,
                Version.current());
    }

    /**
     * Checks that all values fit together.
     *
     * @throws CannotRun when they do not
     */
    public void check() {
        settings(RedisAddress.local(0));
        receivers();
        if (migration.isOn()) {
            gateStreams();
        }
    }

    /** Who receives results. */
    BridgeSettings receivers() {
        return bridge.settings(redis.pixels());
    }

    /**
     * Checks the address of a webhook.
     *
     * @param option its name, for the message
     * @throws CannotRun when it is none; the message does not repeat it
     */
    public static SecretAddress httpAddress(String option, SecretAddress given) {
        return AlertOptions.httpAddress(option, given);
    }

    /** Whether there is an MQTT broker. */
    public boolean hasBroker() {
        return receivers().mqtt() != null;
    }

    /** Most registered processors. */
    public int maxProcessors() {
        return maxProcessors;
    }

    /** Most cameras with a policy of their own. */
    public int mostCameraPolicies() {
        return flow.steering().cameraPolicies();
    }

    /** The name of the instance: stable over restarts, and unique. */
    String instance() {
        if (instanceId == null) {
            instanceId = InstanceNames.byDefault(redis.dataDir(), listen.port());
        }
        return instanceId;
    }

    /** Host, port and process of this instance, for users. */
    String where() {
        return InstanceNames.host() + ", port " + listen.port() + ", process " + ProcessHandle.current().pid();
    }

    /** The lease of an instance. */
    Duration instanceLease() {
        return flow.bounds().instanceLease();
    }
}
