package framebuffer.orchestrator;

import framebuffer.orchestrator.observability.alerts.AlertRule;
import framebuffer.orchestrator.observability.alerts.ServiceObservation;
import framebuffer.orchestrator.observability.stats.ClusterStats;
import framebuffer.orchestrator.observability.stats.FrameRates.CompletionPace;
import framebuffer.orchestrator.observability.stats.StatsReader.FastStats;
import framebuffer.orchestrator.observability.stats.StatsReader.SlowStats;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump.PumpView;
import framebuffer.orchestrator.processors.health.Circuit;
import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.orchestrator.processors.registry.ClusterRegistry;
import framebuffer.wire.control.Backpressure;
import framebuffer.wire.control.Heartbeat.HealthStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Collects the state of the service from figures that its parts already have; it sends no request. */
record ObservationCollector(ClusterRegistry registry, LocalPartitions partitions, ClusterStats cluster,
        CompletionPace pace, InstantSource clock)
        implements
            Supplier<ServiceObservation> {
    @Override
    public ServiceObservation get() {
        PumpView pump = partitions.view();
        FastStats fast = cluster.fast();
        SlowStats slow = cluster.slow();
        Map<String, Long> completed = fast.completed().byProcessor();
        List<ServiceObservation.ObservedProcessor> processors = registry.snapshot().all().stream()
                .map(one -> processor(one, pump, completed)).toList();
        Backpressure pressure = partitions.pressure();
        return new ServiceObservation(clock.instant(), partitions.trouble(), sending(slow), processors,
                new ServiceObservation.ObservedFrames(fast.unread(), pump.oldestAge(), pump.missing(),
                        pressure.level(), pace.latency().map(CompletionPace.Latency::p95), slow.lost(),
                        slow.balance()),
                partitions.missingInstances(),
                partitions.alert(Pipeline::floodAlert), pressure.operatorPaused(), server());
    }

    private static Map<String, Instant> sending(SlowStats slow) {
        Map<String, Instant> cameras = new HashMap<>(slow.cameras());
        cameras.keySet().removeAll(slow.ended());
        return cameras;
    }

    private Map<AlertRule, String> server() {
        Map<AlertRule, String> wrong = new EnumMap<>(AlertRule.class);
        cluster.memoryFull().ifPresent(why -> wrong.put(AlertRule.REDIS_MEMORY_FULL, why));
        cluster.evicts().ifPresent(why -> wrong.put(AlertRule.REDIS_MAY_EVICT, why));
        return wrong;
    }

    private static ServiceObservation.ObservedProcessor processor(RegisteredProcessor one, PumpView pump,
            Map<String, Long> completed) {
        String id = one.registration().id();
        return new ServiceObservation.ObservedProcessor(id,
                one.health().status() == HealthStatus.UNHEALTHY ? one.health().reason() : null,
                one.circuit() instanceof Circuit.Open, pump.outstanding().getOrDefault(id, 0),
                completed.getOrDefault(id, 0L));
    }
}
