package framebuffer.app.serve;

import framebuffer.app.settings.Unusable;
import framebuffer.orchestrator.FrameWay;
import framebuffer.orchestrator.affinity.Placing;
import framebuffer.orchestrator.routing.RoutingStrategy;
import framebuffer.streams.handoff.HandOff;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the service runs: what {@code serve} and {@code demo} have in common. */
public final class ServeOptions {
    private static final Duration SHORTEST_MEMORY = Duration.ofSeconds(1);

    @Option(names = "--host", paramLabel = "ADDRESS", defaultValue = "127.0.0.1", description = "Address to listen on. Default: ${DEFAULT-VALUE}.")
    private String host = "127.0.0.1";

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8002", description = "Port of the REST API; 0: any. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(names = "--api-token", paramLabel = "SECRET", description = "Token that callers of the REST API must send.")
    private @Nullable String apiToken;

    @Option(names = "--insecure", description = "Listen on other addresses than loopback without a token.")
    private boolean insecure;

    @Option(names = "--routing-strategy", paramLabel = "NAME", defaultValue = "least_loaded", description = "least_loaded, round_robin, or affinity (a camera stays with its processor). Default: ${DEFAULT-VALUE}.")
    private String routingStrategy = "least_loaded";

    @Option(names = "--consumer-group", paramLabel = "NAME", defaultValue = "frame-buffer-v2", description = "Our group on the capture stream, the same for all instances. Default: ${DEFAULT-VALUE}.")
    private String consumerGroup = "frame-buffer-v2";

    @Option(names = "--instance-id", paramLabel = "NAME", description = "This instance's name; under it, it goes on with what it held before a restart. Default: host name and port.")
    private @Nullable String instanceId;

    @Option(names = "--max-processors", paramLabel = "N", defaultValue = "50", description = "Most processors that may register. Default: ${DEFAULT-VALUE}.")
    private int maxProcessors;

    @Option(names = "--window", paramLabel = "FRAMES", defaultValue = "10000", description = "Most frames that wait for a processor in memory. Default: ${DEFAULT-VALUE}.")
    private int window;

    @Option(names = "--batch-size", paramLabel = "FRAMES", defaultValue = "200", description = "Frames read and handed off at once. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(names = "--max-attempts", paramLabel = "N", defaultValue = "5", description = "Failed attempts after which a frame is given up on. Default: ${DEFAULT-VALUE}.")
    private int maxAttempts;

    @Option(names = "--dead-letter-max", paramLabel = "FRAMES", defaultValue = "10000", description = "Dead letters kept, the newest. Default: ${DEFAULT-VALUE}.")
    private int deadLetterMax;

    @Option(names = "--affinity-max-cameras", paramLabel = "N", defaultValue = "10000", description = "Cameras whose processor affinity routing remembers, for each capability they need; those beyond are spread by name. Default: ${DEFAULT-VALUE}.")
    private int affinityMaxCameras;

    @Option(names = "--affinity-forget-after", paramLabel = "TIME", defaultValue = "1h", description = "After this time without a frame a camera's processor is forgotten. Default: ${DEFAULT-VALUE}.")
    private Duration affinityForgetAfter = Placing.Limits.DEFAULT.keep();

    @Option(names = "--metrics.max-cameras", paramLabel = "N", defaultValue = "500", description = "Cameras told apart in metrics. Default: ${DEFAULT-VALUE}.")
    private int metricsMaxCameras;

    public String host() {
        return host;
    }

    public int port() {
        return between("--port", port, 0, 65_535);
    }

    public @Nullable String apiToken() {
        return apiToken;
    }

    public String consumerGroup() {
        return consumerGroup;
    }

    public int maxProcessors() {
        return between("--max-processors", maxProcessors, 1, 10_000);
    }

    public int metricsMaxCameras() {
        return between("--metrics.max-cameras", metricsMaxCameras, 1, 100_000);
    }

    /** Listening beyond this machine without a token would let anybody take frames. */
    public void refuseIfOpenToTheWorld() {
        if (apiToken == null && !insecure && !isLoopback()) {
            throw new Unusable("--host " + host
                    + " is reachable from elsewhere: set --api-token, or say --insecure if the network is safe");
        }
    }

    private boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new Unusable("--host " + host + " is no address of this machine", e);
        }
    }

    public RoutingStrategy strategy() {
        try {
            return RoutingStrategy.named(routingStrategy);
        } catch (IllegalArgumentException e) {
            throw new Unusable("--routing-strategy: " + e.getMessage(), e);
        }
    }

    public FrameWay.Bounds bounds() {
        return new FrameWay.Bounds(between("--window", window, 1, 1_000_000),
                between("--batch-size", batchSize, 1, 2_000), between("--max-attempts", maxAttempts, 1, 1_000),
                new HandOff.Limits(HandOff.Limits.DEFAULT.ledgerFields(),
                        between("--dead-letter-max", deadLetterMax, 1, 10_000_000)),
                affinity());
    }

    private Placing.Limits affinity() {
        if (affinityForgetAfter.compareTo(SHORTEST_MEMORY) < 0) {
            throw new Unusable("--affinity-forget-after must be at least " + SHORTEST_MEMORY.toSeconds() + " s");
        }
        return new Placing.Limits(between("--affinity-max-cameras", affinityMaxCameras, 0, 1_000_000),
                affinityForgetAfter);
    }

    public String instance() {
        if (instanceId != null) {
            return instanceId;
        }
        try {
            return InetAddress.getLocalHost().getHostName() + '-' + port;
        } catch (UnknownHostException e) {
            // A machine that does not know its own name still has a port of its own.
            return "instance-" + port;
        }
    }

    private static int between(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new Unusable(option + " must be from " + least + " to " + most + ", not " + value);
        }
        return value;
    }
}
