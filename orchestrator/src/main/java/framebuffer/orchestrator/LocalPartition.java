package framebuffer.orchestrator;

import framebuffer.orchestrator.cluster.membership.PartitionLease;
import framebuffer.orchestrator.flowcontrol.CameraPolicyStore;
import framebuffer.orchestrator.flowcontrol.OperatorSwitches;
import framebuffer.orchestrator.observability.stats.StatsReader;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump.PumpView;
import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.TaskLoop;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.ServiceClock;
import framebuffer.wire.control.Backpressure;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One partition in this instance, whichever instance serves it.
 *
 * @param clock the clock of the partition's Redis
 * @param serving the pipeline, while this instance serves the partition
 * @param lease decides which instance serves the partition; null: there is one partition, and all instances serve it
 * @param membership the loop of the leases
 * @param processors the loop of the registry, the statistics and the monitoring of processors
 */
record LocalPartition(Partition partition, ServiceClock clock, Registry registry, OperatorSwitches switches,
        CameraPolicyStore policies, StatsReader stats, PartitionServing serving, @Nullable PartitionLease lease,
        TaskLoop membership, TaskLoop processors) implements AutoCloseable {

    /** Starts reading the registry and the statistics. */
    void start(RedisLoop.Work readStats) {
        processors.add("registry", registry.refreshing()).add("stats", readStats).start();
    }

    /** Starts serving the partition, at once or when the lease permits. */
    void serve() {
        if (lease == null) {
            serving.serve();
        } else {
            membership.add("partition lease", lease);
        }
        membership.start();
    }

    /** The instances that serve the partition. */
    List<String> servedBy(String instance) {
        return lease == null ? List.of(instance) : lease.view().serving();
    }

    boolean isServed() {
        return serving.pipeline().isPresent();
    }

    /** Whether the partition is served, here or by another instance. */
    boolean hasBegun() {
        return serving.pipeline().map(Pipeline::hasBegun)
                .orElseGet(() -> lease != null && !lease.view().serving().isEmpty());
    }

    /** The state of the pump; empty while another instance serves the partition. */
    PumpView view() {
        return serving.view();
    }

    /** The backpressure that producers read. */
    Backpressure pressure() {
        return serving.pipeline().map(Pipeline::pressure).orElseGet(() -> stats.fast().pressure());
    }

    /** A problem of the partition's Redis; empty: none. */
    Optional<String> trouble() {
        return Stream.of(alert(Pipeline::trouble), membership.trouble(), processors.trouble())
                .flatMap(Optional::stream).findFirst();
    }

    /** Why the registry is not up to date; empty: it is. */
    Optional<String> registryTrouble() {
        Optional<String> trouble = processors.trouble(registry.refreshing());
        return trouble.isPresent() || registry.known()
                ? trouble
                : Optional.of("the instance has not read the registry yet");
    }

    /** Why processors are not monitored; empty: they are, or another instance does it. */
    Optional<String> watchTrouble() {
        return isServed() ? processors.trouble() : Optional.empty();
    }

    /** A problem of the pipeline while it runs here. */
    Optional<String> alert(Function<Pipeline, Optional<String>> of) {
        return serving.pipeline().flatMap(of);
    }

    Map<String, String> missingInstances() {
        return serving.pipeline().map(Pipeline::missingInstances).orElse(Map.of());
    }

    @Override
    public void close() {
        processors.stop();
        if (lease == null) {
            serving.close();
        }
        // The partition lease drains the pipeline before it leaves; only then may another instance continue.
        membership.close();
        serving.close();
        processors.close();
        registry.close();
    }
}
