package framebuffer.app.serve;

import framebuffer.app.keys.Within;
import framebuffer.app.settings.Unusable;
import framebuffer.orchestrator.Orchestrator.Watching;
import framebuffer.orchestrator.alerts.Alerting;
import framebuffer.orchestrator.breaker.CircuitPolicy.Thresholds;
import framebuffer.orchestrator.watch.EndpointPolls;
import framebuffer.orchestrator.watch.HealthHosts;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** How processors are looked after: when one gets no more frames, and when it gets some again. */
public final class HealthOptions {
    @Within(least = "1", most = "1000")
    @Option(names = "--failure-threshold", paramLabel = "N", defaultValue = "3", description = "Failures in a row after which the circuit of a processor opens: it then gets no frames. Default: ${DEFAULT-VALUE}.")
    private int failureThreshold;

    @Within(least = "1s", most = "1h")
    @Option(names = "--recovery-timeout", paramLabel = "TIME", defaultValue = "60s", description = "How long a circuit stays open before the processor gets a few probe frames. Default: ${DEFAULT-VALUE}.")
    private Duration recoveryTimeout = Thresholds.DEFAULT.recovery();

    @Within(least = "1", most = "1000")
    @Option(names = "--success-threshold", paramLabel = "N", defaultValue = "3", description = "Successful probe frames after which the circuit closes; also the most probe frames outstanding at once. Default: ${DEFAULT-VALUE}.")
    private int successThreshold;

    @Within(least = "1s", most = "1h")
    @Option(names = "--stall-timeout", paramLabel = "TIME", defaultValue = "30s", description = "How long a processor with frames may acknowledge none before its circuit opens; a longer processing timeout that the processor announces takes precedence. Default: ${DEFAULT-VALUE}.")
    private Duration stallTimeout = Thresholds.DEFAULT.stall();

    @Within(least = "1s", most = "365d")
    @Option(names = "--forget-after", paramLabel = "TIME", defaultValue = "10m", description = "Silence after which the service unregisters an unhealthy processor, if its queue is empty. Default: ${DEFAULT-VALUE}.")
    private Duration forgetAfter = Watching.DEFAULT.forgetAfter();

    @Within(least = "1s", most = "1h")
    @Option(names = "--health-check-interval", paramLabel = "TIME", defaultValue = "10s", description = "Interval between two polls of a health endpoint. Default: ${DEFAULT-VALUE}.")
    private Duration healthCheckInterval = EndpointPolls.Settings.DEFAULT.interval();

    @Within(least = "100ms", most = "1h")
    @Option(names = "--health-check-timeout", paramLabel = "TIME", defaultValue = "5s", description = "Time in which a health endpoint must answer; at most a little less than half the interval. Default: ${DEFAULT-VALUE}.")
    private Duration healthCheckTimeout = EndpointPolls.Settings.DEFAULT.timeout();

    @Option(names = "--health-hosts", paramLabel = "HOST", split = ",", defaultValue = "registrant,loopback", description = "Hosts at which the service may poll health endpoints, separated by commas. registrant: the address from which the processor registered; loopback: this machine. Default: ${DEFAULT-VALUE}.")
    private List<String> healthHosts = List.of();

    Watching watching(Alerting alerting) {
        if (healthHosts.stream().anyMatch(String::isBlank)) {
            throw new Unusable("--health-hosts has an empty entry");
        }
        return new Watching(new Thresholds(failureThreshold, recoveryTimeout, successThreshold, stallTimeout),
                new EndpointPolls.Settings(healthCheckInterval, healthCheckTimeout, new HealthHosts(healthHosts)),
                forgetAfter, alerting);
    }
}
