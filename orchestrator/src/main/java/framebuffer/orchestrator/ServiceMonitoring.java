package framebuffer.orchestrator;

import framebuffer.orchestrator.api.MonitoringApi;
import framebuffer.orchestrator.api.MonitoringApi.HealthCheck;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.observability.alerts.AlertMonitor;
import framebuffer.orchestrator.observability.alerts.AlertWebhook;
import framebuffer.orchestrator.observability.history.HistoryReader;
import framebuffer.orchestrator.observability.history.HistoryWriter;
import framebuffer.orchestrator.observability.silences.AlertSilences;
import framebuffer.orchestrator.observability.stats.ClusterStats;
import framebuffer.orchestrator.observability.stats.FrameQueries;
import framebuffer.orchestrator.observability.stats.FrameQueries.BacklogSnapshot.WindowBacklog;
import framebuffer.orchestrator.observability.stats.FrameRates;
import framebuffer.orchestrator.observability.telemetry.Metrics;
import framebuffer.orchestrator.observability.telemetry.MetricsExposition;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.processors.registry.ClusterRegistry;
import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.redis.TaskLoop;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.RedisClock;
import framebuffer.redis.cluster.ServiceClock;
import framebuffer.redis.monitoring.HistoryStore;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What watches the service: figures, health checks, alerts, metrics and the history. */
final class ServiceMonitoring implements AutoCloseable {
    private final LocalPartitions partitions;
    private final FrameRates rates = new FrameRates();
    private final ClusterStats stats;
    private final FrameQueries queries;
    private final @Nullable AlertWebhook webhook;
    private final AlertMonitor alerts;
    private final MonitoringApi api;
    private final TaskLoop tasks;

    ServiceMonitoring(Orchestrator.Settings settings, LocalPartitions partitions, ClusterRegistry registry,
            Metrics metrics, MetricsExposition exposition) {
        Pipeline.Settings frames = settings.frames();
        this.partitions = partitions;
        ServiceClock clock = partitions.all().getFirst().clock();
        stats = new ClusterStats(partitions.all().stream().map(LocalPartition::stats).toList(), rates,
                metrics::forgetCameras, clock);
        queries = new FrameQueries(partitions.each(LocalPartition::registry), frames.group(),
                () -> new WindowBacklog(partitions.view().waiting(),
                        frames.bounds().window().frames() * partitions.all().size()),
                rates, RedisClock.SERVER);
        AlertWebhook.WebhookReceiver receiver = settings.watching().alertReceiver();
        webhook = receiver == null ? null : new AlertWebhook(receiver, frames.instance(), clock);
        Partition first = partitions.all().getFirst().partition();
        AlertSilences silences = new AlertSilences(first, clock);
        alerts = new AlertMonitor(settings.watching().alerts(),
                new ObservationCollector(registry, partitions, stats, rates.pace(), clock),
                alert -> silences.of(alert).isPresent(), webhook == null ? _ -> {
                } : webhook);
        List<HealthCheck> checks = new ServiceHealth(partitions, registry, stats, alerts, webhook).checks();
        measure(metrics, checks);
        Duration kept = settings.watching().historyRetention();
        api = new MonitoringApi(checks, alerts::report, silences, new HistoryReader(first, kept),
                accept -> new Response.DocumentContent(exposition.contentType(accept),
                        out -> exposition.write(out, accept)));
        tasks = new TaskLoop("monitoring", first.redis()).add("silences", silences);
        if (!kept.isZero()) {
            tasks.add("history", new HistoryWriter(new HistoryStore(first.keys(), frames.instance(), kept,
                    () -> clock.cutoff(Duration.ZERO)), queries, () -> stats.fast().completed()));
        }
    }

    private void measure(Metrics metrics, List<HealthCheck> checks) {
        partitions.showIn(metrics);
        metrics.watchHealth(() -> checks.stream()
                .collect(Collectors.toMap(HealthCheck::name, check -> check.failure().get().isPresent())));
        metrics.watchAlerts(alerts::firing);
        Registry first = partitions.all().getFirst().registry();
        first.onChange(() -> metrics.keepProcessors(first.snapshot().all().stream()
                .map(processor -> processor.registration().id()).collect(Collectors.toSet())));
    }

    ClusterStats stats() {
        return stats;
    }

    FrameRates rates() {
        return rates;
    }

    FrameQueries queries() {
        return queries;
    }

    MonitoringApi api() {
        return api;
    }

    /** Starts reading figures, and what depends on them. */
    void start() {
        partitions.all().forEach(one -> one.start(stats.reading(one.stats())));
        alerts.start();
        if (webhook != null) {
            webhook.start();
        }
        tasks.start();
    }

    @Override
    public void close() {
        tasks.close();
        alerts.close();
        if (webhook != null) {
            webhook.close();
        }
    }
}
