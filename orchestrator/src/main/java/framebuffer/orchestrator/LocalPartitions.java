package framebuffer.orchestrator;

import framebuffer.orchestrator.api.ClusterApi;
import framebuffer.orchestrator.observability.telemetry.Metrics;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump.PumpView;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.FanOut;
import framebuffer.redis.cluster.InPartition;
import framebuffer.wire.control.Backpressure;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.NaturalOrder;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All partitions in this instance, and their combined state. */
record LocalPartitions(List<LocalPartition> all) implements AutoCloseable {
    LocalPartitions {
        all = List.copyOf(all);
    }

    /** One part of each partition, such as its registry. */
    <T> List<InPartition<T>> each(Function<LocalPartition, T> part) {
        return all.stream().map(one -> new InPartition<>(one.partition(), part.apply(one))).toList();
    }

    /** Each partition for the API. */
    List<ClusterApi.PartitionView> shown(String instance) {
        return all.stream()
                .map(one -> new ClusterApi.PartitionView(one.partition().number(), one.partition().keys().prefix(),
                        one.servedBy(instance), one.isServed(), one.view().waiting(),
                        one.trouble().orElse(null)))
                .toList();
    }

    PumpView view() {
        return PumpView.sum(all.stream().map(LocalPartition::view).toList());
    }

    Backpressure pressure() {
        return Backpressure.worst(all.stream().map(LocalPartition::pressure).toList());
    }

    long dropped() {
        return all.stream().mapToLong(one -> one.serving().dropped()).sum();
    }

    boolean areSeveral() {
        return all.size() > 1;
    }

    /** Whether a partition is served. */
    boolean hasBegun() {
        return all.stream().anyMatch(LocalPartition::hasBegun);
    }

    /** Why no frame flows: no partition with frames is reachable. */
    Optional<String> trouble() {
        List<String> troubles = troubles().toList();
        return troubles.size() < all.size() ? Optional.empty() : Optional.of(troubles.getFirst());
    }

    /** The unreachable partitions, and why. */
    Optional<String> away() {
        String all = troubles().collect(Collectors.joining("; "));
        return all.isEmpty() ? Optional.empty() : Optional.of(all);
    }

    private Stream<String> troubles() {
        return all.stream().flatMap(one -> said(one, one.trouble()).stream());
    }

    /** The first problem of a partition that this instance serves. */
    Optional<String> alert(Function<Pipeline, Optional<String>> of) {
        return all.stream().flatMap(one -> said(one, one.alert(of)).stream()).findFirst();
    }

    Optional<String> watchTrouble() {
        return all.stream().flatMap(one -> said(one, one.watchTrouble()).stream()).findFirst();
    }

    private Optional<String> said(LocalPartition one, Optional<String> trouble) {
        return areSeveral() ? trouble.map(why -> one.partition() + ": " + why) : trouble;
    }

    /** Missing instance → what is wrong with it. */
    Map<String, String> missingInstances() {
        Map<String, String> missing = new TreeMap<>(NaturalOrder.NAMES);
        all.forEach(one -> missing.putAll(one.missingInstances()));
        return missing;
    }

    /** Ids of processors that hold frames in these partitions; all ids where that is unknown. */
    static Set<String> heldIn(List<LocalPartition> others, Collection<Registration> processors) {
        try {
            return others.isEmpty()
                    ? Set.of()
                    : FanOut.all(others, one -> one.registry().holding(processors)).stream().flatMap(Set::stream)
                            .collect(Collectors.toSet());
        } catch (RedisUnavailable | RedisRefused e) {
            return processors.stream().map(Registration::id).collect(Collectors.toSet());
        }
    }

    /** Publishes the state of the partitions as metrics. */
    void showIn(Metrics metrics) {
        metrics.watch(this::view);
        metrics.watchJournal(this::dropped);
        metrics.watchPressure(this::pressure);
        metrics.watchPartitions(() -> all.stream()
                .collect(Collectors.toMap(one -> one.partition().number(), LocalPartition::isServed)));
        metrics.watchRedis(() -> away().isEmpty());
    }

    /** Closes all at once, because each takes its time; the registry that the others copy is last. */
    @Override
    public void close() {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            all.subList(1, all.size()).forEach(one -> threads.execute(one::close));
        }
        all.getFirst().close();
    }
}
