package framebuffer.orchestrator;

import framebuffer.orchestrator.cluster.partitions.ShareKeeper;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.recovery.QueueRecovery.Incarnation;
import framebuffer.orchestrator.processors.health.Circuit;
import framebuffer.orchestrator.processors.health.Eligibility;
import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.orchestrator.processors.registry.RegistrySnapshot;
import framebuffer.wire.control.Registration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The processors as the pipeline of one partition sees them: with their share of capacity in this partition. */
final class PartitionProcessors implements Pipeline.ProcessorView {
    private final Registry registry;
    private final int partition;
    private final @Nullable ShareKeeper shares;
    private volatile Derived last = new Derived(List.of(), Map.of(), List.of());

    /** A list of processors, and its sources. */
    private record Derived(List<Registration> from, Map<String, Integer> shares, List<Registration> available) {
    }

    /**
     * @param shares shares of capacity in this partition; null: there is one partition
     */
    PartitionProcessors(Registry registry, int partition, @Nullable ShareKeeper shares) {
        this.registry = registry;
        this.partition = partition;
        this.shares = shares;
    }

    @Override
    public List<Registration> available() {
        List<Registration> all = registry.snapshot().available();
        if (shares == null) {
            return all;
        }
        Map<String, Integer> now = shares.view();
        Derived known = last;
        if (!known.from().equals(all) || !known.shares().equals(now)) {
            known = new Derived(all, now, all.stream().filter(one -> one.isIn(partition))
                    .flatMap(one -> withShare(one, now.get(one.id()))).toList());
            last = known;
        }
        return known.available();
    }

    /** A full processor is listed too, with a capacity of one, so that frames waiting for it show up as backlog. */
    private Stream<Registration> withShare(Registration one, @Nullable Integer share) {
        if (!one.isInAll()) {
            return Stream.of(one);
        }
        if (share == null) {
            return Stream.empty();
        }
        int usable = registry.snapshot().processor(one.id()).map(known -> Eligibility.atPresent(known.own(), share))
                .orElse(share);
        return Stream.of(one.withCapacity(Math.max(1, Math.min(one.capacity(), usable))));
    }

    @Override
    public boolean known() {
        return registry.known();
    }

    @Override
    public Collection<Registration> all() {
        return registry.snapshot().withQueues();
    }

    @Override
    public Collection<Incarnation> lives() {
        RegistrySnapshot there = registry.snapshot();
        Set<String> cutOff = there.cutOff();
        return Stream.concat(
                there.all().stream().map(processor -> new Incarnation(processor.registration(),
                        processor.registeredAt(), cutOff.contains(processor.registration().id()),
                        processor.leaseEnds(), false, processor.circuit() instanceof Circuit.HalfOpen)),
                there.departed().stream()
                        .map(departed -> new Incarnation(departed, Instant.MAX, true, Instant.MAX, true)))
                .toList();
    }

    @Override
    public void emptied(Incarnation departed) {
        registry.forgotten(departed.registration());
    }

    /** The registered processors as the sharing of capacity sees them. */
    static ShareKeeper.SharedProcessors shared(RegistrySnapshot there) {
        return new ShareKeeper.SharedProcessors(
                there.all().stream().map(RegisteredProcessor::registration).toList(),
                there.available().stream().map(Registration::id).collect(Collectors.toSet()), there.departed());
    }
}
