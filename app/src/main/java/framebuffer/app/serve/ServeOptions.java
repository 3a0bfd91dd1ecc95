package framebuffer.app.serve;

import framebuffer.app.config.ValueRange;
import framebuffer.app.config.Version;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.LogOptions;
import framebuffer.app.terminal.RedisOptions;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy;
import framebuffer.redis.RedisAddress;
import framebuffer.wire.Keys;
import framebuffer.wire.Secret;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the service, shared by {@code serve} and {@code demo}. */
public final class ServeOptions {
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
    private final AlertOptions alerts = new AlertOptions();

    @ValueRange(least = "0", most = "65535")
    @Option(names = "--redis-port", paramLabel = "PORT", defaultValue = "0", description = "Port of the embedded Redis; 0: any free port. Default: ${DEFAULT-VALUE}.")
    private int redisPort;

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

    String consumerGroup() {
        return flow.consumerGroup();
    }

    public @Nullable Secret apiToken() {
        return listen.apiToken();
    }

    /**
     * The settings of an orchestrator on this Redis.
     *
     * @throws CannotRun when the API would be reachable from other machines without a token
     */
    Orchestrator.Settings settings(RedisAddress address) {
        listen.refuseIfOpenToTheWorld();
        return new Orchestrator.Settings(
                new Pipeline.Settings(address, new Keys(redis.keyPrefix()), flow.consumerGroup(), instance(),
                        flow.strategy(),
                        flow.bounds(), flow.steering(), letters.letters(), journey.settings()),
                redis.partitioning(),
                new RegistrationPolicy.RegistrationLimits(maxProcessors, takeoverAfter),
                health.watching(alerts.receiver()),
                listen.settings(),
                metricsMaxCameras,
                Version.current());
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
