package framebuffer.orchestrator;

import framebuffer.orchestrator.api.MonitoringApi.HealthCheck;
import framebuffer.orchestrator.flowcontrol.PressureMonitor;
import framebuffer.orchestrator.observability.alerts.AlertMonitor;
import framebuffer.orchestrator.observability.alerts.AlertWebhook;
import framebuffer.orchestrator.observability.stats.ClusterStats;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.processors.registry.ClusterRegistry;
import framebuffer.wire.control.Backpressure;
import framebuffer.wire.control.PressureLevel;
import framebuffer.wire.text.NaturalOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The health checks of this instance. */
record ServiceHealth(LocalPartitions partitions, ClusterRegistry registry, ClusterStats stats, AlertMonitor alerts,
        @Nullable AlertWebhook webhook) {
    List<HealthCheck> checks() {
        AtomicBoolean begun = new AtomicBoolean();
        List<HealthCheck> checks = new ArrayList<>(List.of(
                HealthCheck.vital("redis", partitions::trouble),
                HealthCheck.vital("start", () -> starting(begun)),
                HealthCheck.vital("registry", partitions.all().getFirst()::registryTrouble),
                HealthCheck.minor("redis_memory", stats::memoryFull),
                HealthCheck.minor("redis_eviction", stats::evicts),
                HealthCheck.minor("processor_watch", partitions::watchTrouble),
                HealthCheck.minor("processors", this::noProcessor),
                HealthCheck.minor("circuits", this::panic),
                HealthCheck.minor("backpressure", this::critical),
                HealthCheck.minor("capture_readers", () -> partitions.alert(Pipeline::captureAlert)),
                HealthCheck.minor("instances", () -> partitions.alert(Pipeline::instanceAlert)),
                HealthCheck.minor("dead_letters", () -> partitions.alert(Pipeline::floodAlert)),
                HealthCheck.minor("journey", () -> partitions.alert(Pipeline::journalTrouble)),
                HealthCheck.minor("alerts", alerts::summary)));
        if (partitions.areSeveral()) {
            checks.add(HealthCheck.minor("partitions", partitions::away));
        }
        if (webhook != null) {
            checks.add(HealthCheck.minor("webhook", webhook::trouble));
        }
        return checks;
    }

    /** Fails until frames flow for the first time, and never again: later the other checks say why they do not. */
    private Optional<String> starting(AtomicBoolean begun) {
        if (!begun.get() && partitions.hasBegun()) {
            begun.set(true);
        }
        return begun.get()
                ? Optional.empty()
                : Optional.of("the service starts: no frame flows before it has its name and has reached Redis");
    }

    /** Passes without waiting frames: a service that has just started is healthy. */
    private Optional<String> noProcessor() {
        return registry.snapshot().available().isEmpty()
                && (partitions.view().waiting() > 0 || stats.fast().unread() > 0 || stats.slow().inFlight() > 0)
                        ? Optional.of("no healthy processor is registered: frames wait")
                        : Optional.empty();
    }

    private Optional<String> panic() {
        Set<String> readmitted = registry.snapshot().readmitted();
        return readmitted.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "more than half of the processors of a capability fail; these still get frames although their circuits are open: "
                                + readmitted.stream().sorted(NaturalOrder.NAMES).collect(Collectors.joining(", ")));
    }

    private Optional<String> critical() {
        Backpressure told = partitions.pressure();
        return told.level() == PressureLevel.CRITICAL
                ? Optional.of("critical: frames wait, and these processors are full: " + PressureMonitor.critical(told))
                : Optional.empty();
    }
}
