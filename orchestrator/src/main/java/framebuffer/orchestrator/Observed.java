package framebuffer.orchestrator;

import framebuffer.orchestrator.alerts.Observation;
import framebuffer.orchestrator.alerts.Rule;
import framebuffer.orchestrator.breaker.Circuit;
import framebuffer.orchestrator.registry.Processor;
import framebuffer.orchestrator.registry.Roster;
import framebuffer.orchestrator.telemetry.ClusterFigures;
import framebuffer.orchestrator.telemetry.PumpView;
import framebuffer.orchestrator.traffic.Pace;
import framebuffer.wire.control.Backpressure;
import framebuffer.wire.processor.Heartbeat.Status;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** How the service is, from what each part of it knows anyway; nobody is asked. */
record Observed(Roster registry, LocalPartitions partitions, ClusterFigures cluster, Pace pace, InstantSource clock)
        implements
            Supplier<Observation> {
    @Override
    public Observation get() {
        PumpView pump = partitions.view();
        Map<String, Long> completed = cluster.completed();
        List<Observation.Processor> processors = registry.snapshot().all().stream()
                .map(one -> processor(one, pump, completed)).toList();
        Pace.Latency latency = pace.latency();
        Backpressure pressure = partitions.pressure();
        return new Observation(clock.instant(), partitions.trouble(), cluster.cameras(), processors,
                new Observation.Frames(cluster.unread(), pump.oldestAge(), pump.missing(),
                        pressure.level(),
                        latency == null ? null : latency.p95(), cluster.lost(), cluster.balanced()),
                partitions.missingInstances(),
                partitions.alert(FrameWay::floodAlert), pressure.operatorPaused(), server());
    }

    private Map<Rule, String> server() {
        Map<Rule, String> wrong = new EnumMap<>(Rule.class);
        cluster.memoryFull().ifPresent(why -> wrong.put(Rule.REDIS_MEMORY_FULL, why));
        cluster.evicts().ifPresent(why -> wrong.put(Rule.REDIS_MAY_EVICT, why));
        return wrong;
    }

    private static Observation.Processor processor(Processor one, PumpView pump, Map<String, Long> completed) {
        String id = one.registration().id();
        return new Observation.Processor(id,
                one.health().status() == Status.UNHEALTHY ? one.health().reason() : null,
                one.circuit() instanceof Circuit.Open, pump.outstanding().getOrDefault(id, 0),
                completed.getOrDefault(id, 0L));
    }
}
