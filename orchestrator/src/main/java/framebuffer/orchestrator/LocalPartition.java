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
 * One partition as this instance knows it, whether this instance serves it or another does.
 *
 * @param clock
 *            the time in the partition's Redis
 * @param serving
 *            the pipeline, while this instance serves the partition
 * @param lease
 *            decides which instance serves the partition; null: there is one partition, and all instances serve it
 * @param membership
 *            the loop of the leases
 * @param processors
 *            the loop of the registry, the statistics, and all that watches processors
 */
record LocalPartition(Partition partition, ServiceClock clock, Registry registry, OperatorSwitches switches,
        CameraPolicyStore policies, StatsReader stats, PartitionServing serving, @Nullable PartitionLease lease,
        TaskLoop membership, TaskLoop processors) implements AutoCloseable {

    /** Begins to read the registry and the statistics. */
    void start(RedisLoop.Work readStats) {
        processors.add("registry", registry.refreshing()).add("stats", readStats).start();
    }

    /** Begins to serve the partition, at once or when the lease says so. */
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

    /** The state of the pump; empty while another instance serves the partition. */
    PumpView view() {
        return serving.view();
    }

    /** What producers are told. */
    Backpressure pressure() {
        return serving.pipeline().map(Pipeline::pressure).orElseGet(() -> stats.fast().pressure());
    }

    /** Why the partition's Redis does not do what it should; empty: it does. */
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

    /** Why processors are not watched; empty: they are, or another instance does it. */
    Optional<String> watchTrouble() {
        return isServed() ? processors.trouble() : Optional.empty();
    }

    /** What an operator should know of the pipeline while it runs here. */
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
        // The partition lease drains the pipeline before it leaves; only then another instance may go on.
        membership.close();
        serving.close();
        processors.close();
        registry.close();
    }
}
