package framebuffer.orchestrator;

import framebuffer.orchestrator.api.ApiServer;
import framebuffer.orchestrator.observability.alerts.AlertMonitor;
import framebuffer.orchestrator.observability.alerts.AlertThresholds;
import framebuffer.orchestrator.observability.alerts.AlertWebhook;
import framebuffer.orchestrator.observability.stats.FrameQueries;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.processors.health.CircuitPolicy;
import framebuffer.orchestrator.processors.polls.HealthPoller;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy;
import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.wire.Partitioning;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One running instance of the service. {@link CompositionRoot} builds it. */
public final class Orchestrator implements AutoCloseable {
    private final LocalPartitions partitions;
    private final FrameQueries queries;
    private final AlertMonitor alerts;
    private final @Nullable AlertWebhook webhook;
    private final ApiServer api;

    Orchestrator(LocalPartitions partitions, FrameQueries queries, AlertMonitor alerts, @Nullable AlertWebhook webhook,
            ApiServer api) {
        this.partitions = partitions;
        this.queries = queries;
        this.alerts = alerts;
        this.webhook = webhook;
        this.api = api;
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
     */
    public record ProcessorMonitoring(CircuitPolicy.CircuitThresholds circuits, HealthPoller.PollSettings polls,
            Duration forgetAfter, AlertThresholds alerts, AlertWebhook.@Nullable WebhookReceiver alertReceiver) {
        /** Monitoring with the default alerts. */
        public ProcessorMonitoring(CircuitPolicy.CircuitThresholds circuits, HealthPoller.PollSettings polls,
                Duration forgetAfter) {
            this(circuits, polls, forgetAfter, AlertThresholds.DEFAULT, null);
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

    /** The current ledger. */
    public Ledger ledger() {
        return queries.ledger();
    }

    /** Stops requests and reading, finishes the hand-offs in progress, and releases everything. */
    @Override
    public void close() {
        alerts.close();
        if (webhook != null) {
            webhook.close();
        }
        partitions.close();
        api.close();
    }
}
