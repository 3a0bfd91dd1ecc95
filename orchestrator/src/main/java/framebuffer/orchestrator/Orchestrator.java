package framebuffer.orchestrator;

import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.observability.alerts.AlertThresholds;
import framebuffer.orchestrator.observability.alerts.AlertWebhook;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.processors.health.CircuitPolicy;
import framebuffer.orchestrator.processors.polls.HealthPoller;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy;
import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.wire.Partitioning;
import io.opentelemetry.api.OpenTelemetry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One running instance of the service. {@link CompositionRoot} builds it. */
public final class Orchestrator implements AutoCloseable {
    private final LocalPartitions partitions;
    private final ServiceMonitoring monitoring;
    private final ApiServer api;
    private final PrometheusRegistry metrics;

    Orchestrator(LocalPartitions partitions, ServiceMonitoring monitoring, ApiServer api, PrometheusRegistry metrics) {
        this.partitions = partitions;
        this.monitoring = monitoring;
        this.api = api;
        this.metrics = metrics;
    }

    /**
     * Settings of an instance.
     *
     * @param frames the pipeline; in a cluster, of one of its partitions
     * @param partitioning how frames are distributed over partitions
     * @param processors bounds of registrations
     * @param watching monitoring of processors and of the service
     * @param api address and access of the REST API
     * @param maxCameras most cameras with metric labels of their own
     * @param version the running version
     */
    public record Settings(Pipeline.Settings frames, Partitioning partitioning,
            RegistrationPolicy.RegistrationLimits processors,
            ProcessorMonitoring watching, ApiServer.Settings api, int maxCameras, String version) {
        /** Settings with one partition. */
        public Settings(Pipeline.Settings frames, RegistrationPolicy.RegistrationLimits processors,
                ProcessorMonitoring watching,
                ApiServer.Settings api, int maxCameras, String version) {
            this(frames, Partitioning.whole(frames.keys().prefix()), processors, watching, api, maxCameras, version);
        }
    }

    /**
     * Monitoring of processors and of the service.
     *
     * @param circuits thresholds of the circuits
     * @param polls polls of health endpoints
     * @param forgetAfter how long an unhealthy processor without outstanding frames must be silent to be unregistered
     * @param alerts thresholds of alerts
     * @param alertReceiver null: alerts are not sent
     * @param historyRetention how long the history is kept; zero: there is none
     */
    public record ProcessorMonitoring(CircuitPolicy.CircuitThresholds circuits, HealthPoller.PollSettings polls,
            Duration forgetAfter, AlertThresholds alerts, AlertWebhook.@Nullable WebhookReceiver alertReceiver,
            Duration historyRetention) {
        /** The default of {@link #historyRetention}. */
        public static final Duration DEFAULT_HISTORY_RETENTION = Duration.ofHours(24);

        /** Monitoring with the default alerts and the default history. */
        public ProcessorMonitoring(CircuitPolicy.CircuitThresholds circuits, HealthPoller.PollSettings polls,
                Duration forgetAfter) {
            this(circuits, polls, forgetAfter, AlertThresholds.DEFAULT, null, DEFAULT_HISTORY_RETENTION);
        }

        public static final ProcessorMonitoring DEFAULT = new ProcessorMonitoring(
                CircuitPolicy.CircuitThresholds.DEFAULT,
                HealthPoller.PollSettings.DEFAULT, Registry.Settings.DEFAULT_FORGET_AFTER);
    }

    /**
     * Starts an instance. It answers requests when this returns; frames flow as soon as Redis answers.
     *
     * @throws ApiServer.ListenFailed when it cannot listen at its address
     */
    public static Orchestrator start(Settings settings, OpenTelemetry telemetry, InstantSource machine) {
        return start(settings, telemetry, machine, CompletableFuture.completedFuture(null));
    }

    /**
     * Starts an instance whose frames flow only once it has its name.
     *
     * @param named completes when no other process reads under the name of this instance
     */
    public static Orchestrator start(Settings settings, OpenTelemetry telemetry, InstantSource machine,
            CompletionStage<Void> named) {
        Orchestrator started = new CompositionRoot(settings, telemetry, machine).instance();
        named.thenRun(() -> started.partitions.all().forEach(LocalPartition::serve));
        return started;
    }

    /** The URL of the REST API on this machine. */
    public String url() {
        return api.url();
    }

    /** The port of the REST API. */
    public int port() {
        return api.port();
    }

    /** What {@code GET /metrics} shows; others may register more. */
    public PrometheusRegistry metrics() {
        return metrics;
    }

    /** The current ledger. */
    public Ledger ledger() {
        return monitoring.queries().ledger();
    }

    /** Stops requests and reading, finishes the hand-offs in progress, and releases everything. */
    @Override
    public void close() {
        monitoring.close();
        partitions.close();
        api.close();
    }
}
