package framebuffer.orchestrator;

import framebuffer.orchestrator.cluster.membership.PartitionLease;
import framebuffer.orchestrator.cluster.partitions.ShareKeeper;
import framebuffer.orchestrator.flowcontrol.CameraPolicyStore;
import framebuffer.orchestrator.flowcontrol.OperatorSwitches;
import framebuffer.orchestrator.observability.stats.ClusterStats;
import framebuffer.orchestrator.observability.stats.PartitionStats;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.PumpView;
import framebuffer.orchestrator.pipeline.dispatch.FrameEvents.LossReason;
import framebuffer.orchestrator.pipeline.intake.ServiceClock;
import framebuffer.orchestrator.pipeline.recovery.QueueRecovery.Incarnation;
import framebuffer.orchestrator.processors.health.Circuit;
import framebuffer.orchestrator.processors.health.Eligibility;
import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.orchestrator.processors.polls.CircuitMonitor;
import framebuffer.orchestrator.processors.polls.HealthPoller;
import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.orchestrator.processors.registry.RegistrySnapshot;
import framebuffer.redis.RedisClock;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.cluster.InstanceStore;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionCandidates;
import framebuffer.wire.control.Backpressure;
import framebuffer.wire.control.Registration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One partition, as this instance knows it, and serves it for as long as it has it: the way of a frame, and those that watch the
 * processors there.
 */
final class LocalPartition implements PartitionLease.PartitionService, AutoCloseable {
    private final Partition partition;
    private final Orchestrator.Settings settings;
    private final Orchestrator.PartitionContext context;
    private final ServiceClock clock;
    private final Registry registry;
    private final OperatorSwitches control;
    private final CameraPolicyStore policies;
    private final PartitionStats figures;
    /** Of several partitions each is served by some of the instances; a single one by all. */
    private final @Nullable PartitionLease lease;
    private final List<RedisLoop> loops = new CopyOnWriteArrayList<>();
    /** Made beforehand: the first time this takes so long that frames would wait for it. Of the tenure's thread. */
    private RunningPipeline next;
    private volatile @Nullable RunningPipeline serving;
    private boolean closed;
    private final LongAdder droppedBefore = new LongAdder();

    /** What runs while this instance serves the partition. */
    private record RunningPipeline(Pipeline way, HealthPoller polls, RedisLoop polling, RedisLoop breaking,
            List<RedisLoop> sharing) {
        void start() {
            sharing.forEach(RedisLoop::start);
            polling.start();
            breaking.start();
            way.start();
        }

        Optional<String> watchTrouble() {
            return Stream.concat(Stream.of(polling, breaking), sharing.stream()).map(RedisLoop::trouble)
                    .filter(Objects::nonNull).findFirst();
        }

        void close() {
            sharing.forEach(RedisLoop::stop);
            way.close();
            sharing.forEach(RedisLoop::close);
            polling.close();
            polls.close();
            breaking.close();
        }
    }

    LocalPartition(Partition partition, Orchestrator.Settings settings, Orchestrator.PartitionContext context,
            ServiceClock clock,
            Registry registry) {
        this.clock = clock;
        this.partition = partition;
        this.settings = settings;
        this.context = context;
        this.registry = registry;
        this.control = new OperatorSwitches(partition.keys(), this::wake);
        Pipeline.FlowControl steering = settings.frames().steering();
        this.policies = new CameraPolicyStore(partition.keys(), steering.freshness(), steering.cameraPolicies(),
                this::wake);
        this.figures = new PartitionStats(partition.keys(), settings.frames().group(),
                () -> registry.snapshot().withQueues());
        this.lease = settings.partitioning().count() == 1 ? null : tenure();
        registry.onChange(this::wake);
        this.next = made();
    }

    private PartitionLease tenure() {
        Pipeline.Settings frames = settings.frames();
        return new PartitionLease(
                new PartitionLease.Settings(partition.number(), settings.partitioning().count(),
                        frames.bounds().instanceLease(), frames.bounds().handOff().ledgerFields()),
                new PartitionCandidates(partition.keys(), frames.group(), frames.instance()),
                new InstanceStore(partition.keys(), frames.group(), frames.instance()), this,
                deleted -> context.events().lost(LossReason.DELETED, deleted));
    }

    /** Begins to read what is there. */
    void start(ClusterStats cluster) {
        registry.start();
        loops.add(new RedisLoop("figures", partition.redis(), cluster.reading(figures)).start());
    }

    /** Begins to serve the partition, alone or when it is this instance's turn; does nothing when it is closed. */
    synchronized void begin() {
        if (closed) {
            return;
        }
        if (lease == null) {
            serve();
        } else {
            loops.add(new RedisLoop("tenure", partition.redis(), lease).start());
        }
    }

    private static ShareKeeper.SharedProcessors known(RegistrySnapshot there) {
        return new ShareKeeper.SharedProcessors(there.all().stream().map(RegisteredProcessor::registration).toList(),
                there.available().stream().map(Registration::id).collect(Collectors.toSet()), there.departed());
    }

    private RunningPipeline made() {
        Orchestrator.ProcessorMonitoring watching = settings.watching();
        HealthPoller polls = new HealthPoller(partition.keys(), watching.polls(), registry);
        ShareKeeper shares = settings.partitioning().count() == 1
                ? null
                : new ShareKeeper(new ShareKeeper.Settings(partition, context.first(), settings.partitioning().count()),
                        () -> known(registry.snapshot()),
                        () -> view().shortage(), () -> lease != null && lease.view().leads() && registry.known(),
                        this::wake);
        return new RunningPipeline(
                new Pipeline(settings.frames().in(partition),
                        new Pipeline.PipelineInputs(new RegistryView(registry, partition.number(), shares), control,
                                policies),
                        context.events(), context.tracing(), clock),
                polls, new RedisLoop("polls", partition.redis(), polls),
                new RedisLoop("circuits", partition.redis(), new CircuitMonitor(partition.keys(),
                        watching.policy(), registry, RedisClock.SERVER)),
                shares == null ? List.of() : List.of(new RedisLoop("shares", partition.redis(), shares)));
    }

    @Override
    public void serve() {
        // It may have been served here before, and other things been switched and set since.
        control.forget();
        policies.forget();
        serving = next;
        next.start();
    }

    /** Finishes the hand-offs in progress, and lets go. */
    @Override
    public void release() {
        RunningPipeline was = serving;
        if (was != null) {
            was.close();
            serving = null;
            droppedBefore.add(was.way().dropped());
            next = made();
        }
    }

    private void wake() {
        RunningPipeline now = serving;
        if (now != null) {
            now.way().wake();
        }
    }

    Partition partition() {
        return partition;
    }

    /** The time in its Redis. */
    ServiceClock clock() {
        return clock;
    }

    Registry registry() {
        return registry;
    }

    OperatorSwitches control() {
        return control;
    }

    CameraPolicyStore policies() {
        return policies;
    }

    PartitionStats figures() {
        return figures;
    }

    /** Who serves it; null: all instances do. */
    PartitionLease.@Nullable LeaseView tenureView() {
        return lease == null ? null : lease.view();
    }

    /** Whether it is served here. */
    boolean isServed() {
        return serving != null;
    }

    /** What its pump shows; nothing while it is served elsewhere. */
    PumpView view() {
        RunningPipeline now = serving;
        return now == null ? PumpView.EMPTY : now.way().view();
    }

    /** What producers are told. */
    Backpressure pressure() {
        RunningPipeline now = serving;
        return now == null ? figures.told() : now.way().pressure();
    }

    /** How many steps of frames were not written down. */
    long dropped() {
        RunningPipeline now = serving;
        return droppedBefore.sum() + (now == null ? 0 : now.way().dropped());
    }

    /** Why its Redis does not do what it should. */
    Optional<String> trouble() {
        RunningPipeline now = serving;
        return Stream.of(now == null ? Stream.<String>empty() : now.way().trouble().stream(),
                loops.stream().map(RedisLoop::trouble).filter(Objects::nonNull),
                partition.number() > 0 ? registry.trouble().stream() : Stream.<String>empty())
                .flatMap(all -> all).findFirst();
    }

    /** What an operator should know of it while it is served here. */
    Optional<String> alert(Function<Pipeline, Optional<String>> of) {
        RunningPipeline now = serving;
        return now == null ? Optional.empty() : of.apply(now.way());
    }

    Optional<String> watchTrouble() {
        RunningPipeline now = serving;
        return now == null ? Optional.empty() : now.watchTrouble();
    }

    Map<String, String> missingInstances() {
        RunningPipeline now = serving;
        return now == null ? Map.of() : now.way().missingInstances();
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        loops.forEach(RedisLoop::stop);
        loops.forEach(RedisLoop::close);
        release();
        registry.close();
    }

    /** The registry, as the way of a frame in this partition sees it. */
    private static final class RegistryView implements Pipeline.ProcessorView {
        private final Registry registry;
        private final int partition;
        private final @Nullable ShareKeeper shares;
        private volatile Seen seen = new Seen(List.of(), Map.of(), List.of());

        /** What was last made of what. */
        private record Seen(List<Registration> all, Map<String, Integer> shares, List<Registration> here) {
        }

        RegistryView(Registry registry, int partition, @Nullable ShareKeeper shares) {
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
            Seen last = seen;
            if (!last.all().equals(all) || !last.shares().equals(now)) {
                last = new Seen(all, now, all.stream().filter(one -> one.isIn(partition))
                        .flatMap(one -> here(one, now.get(one.id()))).toList());
                seen = last;
            }
            return last.here();
        }

        /** Of one that has no room here at present something must be seen, so that what waits for it is seen to wait. */
        private Stream<Registration> here(Registration one, @Nullable Integer share) {
            if (!one.isInAll()) {
                return Stream.of(one);
            }
            if (share == null) {
                return Stream.empty();
            }
            int usable = registry.snapshot().processor(one.id()).map(there -> Eligibility.atPresent(there.own(), share))
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
                    there.all().stream()
                            .map(processor -> new Incarnation(processor.registration(), processor.registeredAt(),
                                    cutOff.contains(processor.registration().id()), processor.leaseEnds(), false,
                                    processor.circuit() instanceof Circuit.HalfOpen)),
                    there.departed().stream()
                            .map(departed -> new Incarnation(departed, Instant.MAX, true, Instant.MAX, true)))
                    .toList();
        }

        @Override
        public void emptied(Incarnation departed) {
            registry.forgotten(departed.registration());
        }
    }
}
