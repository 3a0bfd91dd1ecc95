package framebuffer.orchestrator;

import framebuffer.orchestrator.api.HealthCheck;
import framebuffer.orchestrator.api.HealthCheck.Severity;
import framebuffer.orchestrator.cluster.partitions.ClusterRegistry;
import framebuffer.orchestrator.flowcontrol.PressureMonitor;
import framebuffer.orchestrator.observability.alerts.AlertMonitor;
import framebuffer.orchestrator.observability.alerts.AlertWebhook;
import framebuffer.orchestrator.observability.stats.ClusterStats;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.wire.control.Backpressure;
import framebuffer.wire.control.PressureLevel;
import framebuffer.wire.text.NaturalOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The checks that make up the health of this instance. */
record ServiceHealth(LocalPartitions partitions, ClusterRegistry registry, ClusterStats stats, AlertMonitor alerts,
        @Nullable AlertWebhook webhook) {
    List<HealthCheck> checks() {
        List<HealthCheck> checks = new ArrayList<>(List.of(
                new HealthCheck("redis", Severity.VITAL, partitions::trouble),
                new HealthCheck("registry", Severity.VITAL, partitions.all().getFirst()::registryTrouble),
                new HealthCheck("redis_memory", Severity.MINOR, stats::memoryFull),
                new HealthCheck("redis_eviction", Severity.MINOR, stats::evicts),
                new HealthCheck("processor_watch", Severity.MINOR, partitions::watchTrouble),
                new HealthCheck("processors", Severity.MINOR, this::noProcessor),
                new HealthCheck("circuits", Severity.MINOR, this::panic),
                new HealthCheck("backpressure", Severity.MINOR, this::critical),
                new HealthCheck("capture_readers", Severity.MINOR, () -> partitions.alert(Pipeline::captureAlert)),
                new HealthCheck("instances", Severity.MINOR, () -> partitions.alert(Pipeline::instanceAlert)),
                new HealthCheck("dead_letters", Severity.MINOR, () -> partitions.alert(Pipeline::floodAlert)),
                new HealthCheck("journey", Severity.MINOR, () -> partitions.alert(Pipeline::journalTrouble)),
                new HealthCheck("alerts", Severity.MINOR, alerts::summary)));
        if (partitions.areSeveral()) {
            checks.add(new HealthCheck("partitions", Severity.MINOR, partitions::away));
        }
        if (webhook != null) {
            checks.add(new HealthCheck("webhook", Severity.MINOR, webhook::trouble));
        }
        return checks;
    }

    /** Without frames nobody is missing: a service that has just been started is healthy. */
    private Optional<String> noProcessor() {
        return registry.snapshot().available().isEmpty()
                && (partitions.view().waiting() > 0 || stats.unread() > 0 || stats.underWay() > 0)
                        ? Optional.of("no healthy processor is registered: frames wait")
                        : Optional.empty();
    }

    private Optional<String> panic() {
        Set<String> readmitted = registry.snapshot().readmitted();
        return readmitted.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "more than half of the processors of a capability fail; these go on although their circuits are open: "
                                + readmitted.stream().sorted(NaturalOrder.NAMES).collect(Collectors.joining(", ")));
    }

    private Optional<String> critical() {
        Backpressure told = partitions.pressure();
        return told.level() == PressureLevel.CRITICAL
                ? Optional.of("critical: frames wait, and these processors are full: " + PressureMonitor.critical(told))
                : Optional.empty();
    }
}
