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
    @Option(names = "--failure-threshold", paramLabel = "N", defaultValue = "3", description = "After so many failures in a row a processor gets no frames: its circuit opens. Default: ${DEFAULT-VALUE}.")
    private int failureThreshold;

    @Within(least = "1s", most = "1h")
    @Option(names = "--recovery-timeout", paramLabel = "TIME", defaultValue = "60s", description = "How long a circuit is open before the processor gets a few frames, to see. Default: ${DEFAULT-VALUE}.")
    private Duration recoveryTimeout = Thresholds.DEFAULT.recovery();

    @Within(least = "1", most = "1000")
    @Option(names = "--success-threshold", paramLabel = "N", defaultValue = "3", description = "After so many of these frames the circuit closes; so many may be outstanding at once. Default: ${DEFAULT-VALUE}.")
    private int successThreshold;

    @Within(least = "1s", most = "1h")
    @Option(names = "--stall-timeout", paramLabel = "TIME", defaultValue = "30s", description = "How long a processor that has frames may acknowledge none; one that announces a longer processing timeout, that long. Default: ${DEFAULT-VALUE}.")
    private Duration stallTimeout = Thresholds.DEFAULT.stall();

    @Within(least = "1s", most = "365d")
    @Option(names = "--forget-after", paramLabel = "TIME", defaultValue = "10m", description = "How long an unhealthy processor must be silent to be unregistered, if nothing waits in its queue. Default: ${DEFAULT-VALUE}.")
    private Duration forgetAfter = Watching.DEFAULT.forgetAfter();

    @Within(least = "1s", most = "1h")
    @Option(names = "--health-check-interval", paramLabel = "TIME", defaultValue = "10s", description = "How often a health endpoint is polled. Default: ${DEFAULT-VALUE}.")
    private Duration healthCheckInterval = EndpointPolls.Settings.DEFAULT.interval();

    @Within(least = "100ms", most = "1h")
    @Option(names = "--health-check-timeout", paramLabel = "TIME", defaultValue = "5s", description = "How long a health endpoint may take to answer, at most somewhat less than half the interval. Default: ${DEFAULT-VALUE}.")
    private Duration healthCheckTimeout = EndpointPolls.Settings.DEFAULT.timeout();

    @Option(names = "--health-hosts", paramLabel = "HOST", split = ",", defaultValue = "registrant,loopback", description = "Names and addresses at which health endpoints may be polled, separated by commas; registrant: the address that the processor registered from, loopback: this machine. Default: ${DEFAULT-VALUE}.")
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
