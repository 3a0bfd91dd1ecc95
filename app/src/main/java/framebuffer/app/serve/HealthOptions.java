package framebuffer.app.serve;

import framebuffer.app.config.ValueRange;
import framebuffer.app.help.OptionGroup;
import framebuffer.app.terminal.CannotRun;
import framebuffer.orchestrator.Orchestrator.ProcessorMonitoring;
import framebuffer.orchestrator.observability.alerts.AlertThresholds;
import framebuffer.orchestrator.observability.alerts.AlertWebhook;
import framebuffer.orchestrator.processors.health.CircuitPolicy.CircuitThresholds;
import framebuffer.orchestrator.processors.polls.HealthPoller;
import framebuffer.orchestrator.processors.polls.HealthPoller.AllowedPollHosts;
import framebuffer.redis.cluster.ServiceClock.Interval;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** When an unhealthy processor gets no more frames, and when it gets frames again. */
@OptionGroup("Health of processors")
final class HealthOptions {
    @ValueRange(least = "1", most = "1000")
    @Option(names = "--failure-threshold", paramLabel = "N", defaultValue = "3", description = "Number of consecutive failures after which the circuit of a processor opens; the processor then gets no frames. Default: ${DEFAULT-VALUE}.")
    private int failureThreshold;

    @ValueRange(least = "1s", most = "1h")
    @Option(names = "--recovery-timeout", paramLabel = "TIME", defaultValue = "60s", description = "How long a circuit stays open before the processor gets a few probe frames. Default: ${DEFAULT-VALUE}.")
    private Duration recoveryTimeout = CircuitThresholds.DEFAULT.recovery();

    @ValueRange(least = "1", most = "1000")
    @Option(names = "--success-threshold", paramLabel = "N", defaultValue = "3", description = "Number of successful probe frames after which the circuit closes; also the maximum number of outstanding probe frames. Default: ${DEFAULT-VALUE}.")
    private int successThreshold;

    @ValueRange(least = "1s", most = "1h")
    @Option(names = "--stall-timeout", paramLabel = "TIME", defaultValue = "30s", description = "Time without an acknowledgement, while a processor has frames, after which its circuit opens. A longer processing timeout of the processor takes precedence. Default: ${DEFAULT-VALUE}.")
    private Duration stallTimeout = CircuitThresholds.DEFAULT.stall();

    @ValueRange(least = "1s", most = "365d")
    @Option(names = "--forget-after", paramLabel = "TIME", defaultValue = "10m", description = "Time without a sign of life after which the service unregisters an unhealthy processor, if its queue is empty. Default: ${DEFAULT-VALUE}.")
    private Duration forgetAfter = ProcessorMonitoring.DEFAULT.forgetAfter();

    @ValueRange(least = "1s", most = "1h")
    @Option(names = "--health-check-interval", paramLabel = "TIME", defaultValue = "10s", description = "Interval between two polls of a health endpoint. Default: ${DEFAULT-VALUE}.")
    private Duration healthCheckInterval = HealthPoller.PollSettings.DEFAULT.interval();

    @ValueRange(least = "100ms", most = "1h")
    @Option(names = "--health-check-timeout", paramLabel = "TIME", defaultValue = "5s", description = "Time in which a health endpoint must answer; the service uses at most a little less than half the interval. Default: ${DEFAULT-VALUE}.")
    private Duration healthCheckTimeout = HealthPoller.PollSettings.DEFAULT.timeout();

    @Option(names = "--health-hosts", paramLabel = "HOST", split = ",", defaultValue = "registrant,loopback", description = "Hosts at which the service may poll health endpoints, separated by commas. registrant: the address from which the processor registered; loopback: localhost and the addresses of this machine's loopback. Other names must be listed, and are not resolved otherwise. Default: ${DEFAULT-VALUE}.")
    private List<String> healthHosts = List.of();

    ProcessorMonitoring watching(AlertWebhook.@Nullable WebhookReceiver alertReceiver, Duration historyRetention) {
        if (healthHosts.stream().anyMatch(String::isBlank)) {
            throw new CannotRun("--health-hosts has an empty entry");
        }
        return new ProcessorMonitoring(
                new CircuitThresholds(failureThreshold, recoveryTimeout, successThreshold, stallTimeout),
                new HealthPoller.PollSettings(healthCheckInterval, healthCheckTimeout,
                        new AllowedPollHosts(healthHosts)),
                forgetAfter, AlertThresholds.DEFAULT, alertReceiver, historyRetention);
    }
}
