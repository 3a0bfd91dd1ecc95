package framebuffer.orchestrator;

import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.cluster.membership.FrameTakeOver;
import framebuffer.orchestrator.cluster.membership.InstanceLease;
import framebuffer.orchestrator.cluster.membership.PartitionLease;
import framebuffer.orchestrator.cluster.partitions.ShareKeeper;
import framebuffer.orchestrator.flowcontrol.CameraDirectory;
import framebuffer.orchestrator.flowcontrol.CameraLastSeen;
import framebuffer.orchestrator.flowcontrol.CameraPolicyStore;
import framebuffer.orchestrator.flowcontrol.OperatorSwitches;
import framebuffer.orchestrator.flowcontrol.PressureMonitor;
import framebuffer.orchestrator.observability.results.ResultMaintenance;
import framebuffer.orchestrator.observability.stats.StatsReader;
import framebuffer.orchestrator.observability.telemetry.ClusterMetrics;
import framebuffer.orchestrator.observability.telemetry.FrameTracing;
import framebuffer.orchestrator.observability.telemetry.Metrics;
import framebuffer.orchestrator.observability.telemetry.MetricsExposition;
import framebuffer.orchestrator.pipeline.AffinityTable;
import framebuffer.orchestrator.pipeline.Assigner;
import framebuffer.orchestrator.pipeline.JournalWriter;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump;
import framebuffer.orchestrator.pipeline.PumpContext;
import framebuffer.orchestrator.pipeline.WaitingFrames;
import framebuffer.orchestrator.pipeline.deadletters.DeadLetterMaintenance;
import framebuffer.orchestrator.pipeline.deadletters.UnroutableFrames;
import framebuffer.orchestrator.pipeline.dispatch.Dispatcher;
import framebuffer.orchestrator.pipeline.dispatch.FrameEvents;
import framebuffer.orchestrator.pipeline.dispatch.FrameEvents.LossReason;
import framebuffer.orchestrator.pipeline.dispatch.FrameTracer;
import framebuffer.orchestrator.pipeline.dispatch.HandOffs;
import framebuffer.orchestrator.pipeline.dispatch.ServedCameras;
import framebuffer.orchestrator.pipeline.intake.ArrivalReader;
import framebuffer.orchestrator.pipeline.intake.Inbox;
import framebuffer.orchestrator.pipeline.intake.Intake;
import framebuffer.orchestrator.pipeline.intake.SourceReader;
import framebuffer.orchestrator.pipeline.pixels.PixelExtender;
import framebuffer.orchestrator.pipeline.pixels.PixelRelease;
import framebuffer.orchestrator.pipeline.recovery.AcknowledgedSweep;
import framebuffer.orchestrator.pipeline.recovery.CaptureMaintenance;
import framebuffer.orchestrator.pipeline.recovery.DeferredFrameRelease;
import framebuffer.orchestrator.pipeline.recovery.FailureRateMonitor;
import framebuffer.orchestrator.pipeline.recovery.LedgerReconciler;
import framebuffer.orchestrator.pipeline.recovery.QueueRecovery;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.health.CircuitPolicy;
import framebuffer.orchestrator.processors.polls.CircuitMonitor;
import framebuffer.orchestrator.processors.polls.HealthPoller;
import framebuffer.orchestrator.processors.registry.ClusterRegistry;
import framebuffer.orchestrator.processors.registry.PartitionRole;
import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.redis.AclRights;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.TaskLoop;
import framebuffer.redis.cluster.InstanceStore;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionCandidates;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.redis.cluster.RedisClock;
import framebuffer.redis.cluster.ServiceClock;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.FrameSource.SourceKind;
import framebuffer.redis.handoff.HandOff;
import framebuffer.redis.handoff.OrchestratorGroup;
import framebuffer.redis.pixels.PixelTtlWriter;
import framebuffer.wire.Keys;
import io.opentelemetry.api.OpenTelemetry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Builds one instance. Read from top to bottom: {@link #pipeline} builds the stages of a frame, {@link #partition} one partition around
 * them, {@link #instance} the service around all partitions.
 */
final class CompositionRoot {
    private final Orchestrator.Settings settings;
    private final PrometheusRegistry measured = new PrometheusRegistry();
    private final Metrics metrics;
    private final FrameTracer tracing;
    private final InstantSource machine;
    private final List<Partition> layout;

    /**
     * @param machine the clock of this machine; read once, then the service follows Redis's clock
     */
    CompositionRoot(Orchestrator.Settings settings, OpenTelemetry telemetry, InstantSource machine) {
        this.settings = settings;
        this.machine = machine;
        this.metrics = new Metrics(measured, settings.maxCameras());
        this.tracing = new FrameTracing(telemetry);
        // A user of a partition's Redis needs permission for everything that an instance does there.
        this.layout = PartitionLayout.of(settings.frames().redis(), settings.partitioning()).all().stream()
                .map(one -> new Partition(one.number(), one.redis().needing(AclRights.ofInstance(one.keys())),
                        one.keys()))
                .toList();
    }

    /** The stages of a frame in one partition: read, admit, route, hand off, recover. */
    Pipeline pipeline(Partition partition, Pipeline.ProcessorView processors, OperatorSwitches switches,
            CameraPolicyStore policies, ServiceClock clock) {
        Keys keys = partition.keys();
        RedisAddress redis = partition.redis();
        Pipeline.Settings frames = settings.frames();
        Pump.PipelineLimits limits = frames.bounds();

        JournalWriter journal = new JournalWriter(keys, frames.instance(), frames.journal(), clock);
        FailureRateMonitor failures = new FailureRateMonitor();
        ServedCameras served = new ServedCameras(System::nanoTime);
        PixelTtlWriter pixels = new PixelTtlWriter(keys, frames.pixels() == null && redis.cluster() != null);
        FrameEvents events = FrameEvents.toAll(
                List.of(metrics, failures, served, journal.events(), new PixelRelease(pixels::frameEnded)));

        Inbox inbox = new Inbox();
        FrameSource capture = new FrameSource(keys.capture(), frames.group(), SourceKind.CAPTURE);
        FrameSource returned = new FrameSource(keys.returned(), frames.group(), SourceKind.RETURNED);
        CameraLastSeen lastSeen = new CameraLastSeen(keys, limits.handOff().ledgerFields(),
                frames.steering().cameraRetention());
        AffinityTable affinity = new AffinityTable(keys, limits.affinity(), clock, inbox::wake);
        PumpContext context = new PumpContext(processors, switches::view, policies::view,
                new UnroutableFrames(frames.letters().unroutable()));

        ArrivalReader arrivals = new ArrivalReader(List.of(capture, returned), frames.instance(), inbox,
                intake(keys, limits, failures, processors), lastSeen::seen);
        WaitingFrames waiting = new WaitingFrames(frames.instance(), limits, context);
        Assigner assigner = new Assigner(frames.strategy(), affinity, tracing,
                events, context);
        Dispatcher dispatcher = new Dispatcher(keys, events, isAffine(), assigner::loads);
        Pump pump = new Pump(new Pump.Stages(arrivals, waiting, assigner, dispatcher), clock.follower(),
                HandOffs.inRedis(new HandOff(keys, frames.instance(), limits.handOff()), frames.instance(),
                        arrivals.readers()));

        PressureMonitor pressure = new PressureMonitor(keys, frames.group(), frames.instance(),
                frames.steering().pressureCheck(), new PressureMonitor.Sources(processors::available,
                        () -> pump.view().shortage(), served::served, switches::view));
        CaptureMaintenance trimming = new CaptureMaintenance(new CaptureMaintenance.CaptureRetention(keys,
                frames.group(), limits.handOff().ledgerFields(), limits.foreignGroupRetention()), events, clock);
        return new Pipeline(inbox, pump,
                new RedisLoop(loop("reader", partition), redis, reader(capture, keys, inbox, processors)),
                new RedisLoop(loop("returns", partition), redis, reader(returned, keys, inbox, processors)),
                new RedisLoop(loop("pump", partition), redis, pump), writers(partition, journal, affinity, pixels),
                new TaskLoop(loop("state", partition), redis).add("control", switches).add("cameras", policies)
                        .add("last seen", lastSeen).add("pressure", pressure),
                maintenance(partition, processors, events, clock, pixels)
                        .add("recovery", recovery(keys, inbox, processors)).add("capture", trimming),
                new Pipeline.Monitors(pressure, trimming, new InstanceLease(limits.instanceLease(),
                        takeOver(keys, events), pump::beginAgain), failures));
    }

    private static Intake intake(Keys keys, Pump.PipelineLimits limits, FailureRateMonitor failures,
            Pipeline.ProcessorView processors) {
        return new Intake(limits.maxAttempts(), failures, (processor, queue) -> processors.all().stream()
                .anyMatch(one -> one.id().equals(processor) && keys.queue(one.queue()).equals(queue)));
    }

    /** The name of a loop, in logs and thread dumps. */
    private String loop(String name, Partition partition) {
        return layout.size() == 1 ? name : name + " " + partition.number();
    }

    private boolean isAffine() {
        return settings.frames().strategy() == RoutingStrategy.AFFINITY;
    }

    private SourceReader reader(FrameSource source, Keys keys, Inbox inbox, Pipeline.ProcessorView processors) {
        OrchestratorGroup group = new OrchestratorGroup(keys, source, () -> processors.known()
                ? Optional.of(processors.all().stream().map(one -> keys.queue(one.queue())).toList())
                : Optional.empty());
        Pump.PipelineLimits limits = settings.frames().bounds();
        SourceReader reader = new SourceReader(group, settings.frames().instance(), inbox, limits.batch(),
                limits.window().atOnce());
        inbox.onBeginAgain(reader::beginAgain);
        return reader;
    }

    private QueueRecovery recovery(Keys keys, Inbox inbox, Pipeline.ProcessorView processors) {
        QueueRecovery recovery = new QueueRecovery(keys, settings.frames().bounds().processingTimeout(), inbox,
                processors);
        inbox.onBeginAgain(recovery::beginAgain);
        return recovery;
    }

    private FrameTakeOver takeOver(Keys keys, FrameEvents events) {
        Pipeline.Settings frames = settings.frames();
        return new FrameTakeOver(new InstanceStore(keys, frames.group(), frames.instance()),
                frames.bounds().handOff().ledgerFields(), deleted -> events.lost(LossReason.DELETED, deleted));
    }

    private Pipeline.Writers writers(Partition partition, JournalWriter journal, AffinityTable affinity,
            PixelTtlWriter pixels) {
        RedisAddress pixelsRedis = settings.frames().pixels();
        return new Pipeline.Writers(journal, journal.isOn()
                ? new RedisLoop(loop("journal", partition), partition.redis(), journal)
                : null, isAffine() ? new RedisLoop(loop("affinity", partition), partition.redis(), affinity) : null,
                pixelsRedis == null ? null : new RedisLoop(loop("pixels", partition), pixelsRedis, pixels));
    }

    private TaskLoop maintenance(Partition partition, Pipeline.ProcessorView processors, FrameEvents events,
            ServiceClock clock, PixelTtlWriter pixels) {
        Keys keys = partition.keys();
        Pump.PipelineLimits limits = settings.frames().bounds();
        TaskLoop tasks = new TaskLoop(loop("maintenance", partition), partition.redis())
                .add("sweep", new AcknowledgedSweep(keys, processors::all, new LedgerReconciler(keys,
                        settings.frames().group(), limits.handOff().ledgerFields(), events, System::nanoTime),
                        pixels::frameEnded))
                .add("deferred", new DeferredFrameRelease(keys, limits.released()))
                .add("dead letters", DeadLetterMaintenance.of(new DeadLetterMaintenance.DeadLetterRetention(keys,
                        limits.handOff().deadLetters(), settings.frames().letters().retention()), pixels,
                        processors::available, processors::known, clock))
                .add("results", new ResultMaintenance(keys, settings.frames().results(), clock))
                .add("pixels", new PixelExtender(keys, settings.frames().group(), processors::all, pixels,
                        System::nanoTime));
        return settings.frames().pixels() == null ? tasks.add("pixels' time to live", pixels) : tasks;
    }

    /** One partition: its registry, its statistics, its lease, and the pipeline while this instance serves it. */
    private LocalPartition partition(Partition partition, PartitionRole role) {
        Keys keys = partition.keys();
        Pipeline.Settings frames = settings.frames();
        ServiceClock clock = ServiceClock.startingAt(machine.instant());
        Registry registry = new Registry(new Registry.Settings(partition.redis(), keys, settings.processors(),
                Registry.Settings.DEFAULT_REFRESH_INTERVAL, redis -> clock.ask(() -> RedisClock.SERVER.now(redis)),
                settings.watching().circuits().successes(), settings.watching().forgetAfter()), role);
        TaskLoop membership = new TaskLoop(loop("membership", partition), partition.redis());
        TaskLoop watching = new TaskLoop(loop("processors", partition), partition.redis());
        PartitionServing serving = new PartitionServing(membership, watching);
        OperatorSwitches switches = new OperatorSwitches(keys, serving::wake);
        CameraPolicyStore policies = new CameraPolicyStore(keys, frames.steering().freshness(),
                frames.steering().cameraPolicies(), serving::wake);
        StatsReader stats = new StatsReader(keys, frames.group(), () -> registry.snapshot().withQueues());
        HealthPoller polls = new HealthPoller(keys, settings.watching().polls(), registry);
        PartitionLease lease = layout.size() == 1
                ? null
                : new PartitionLease(new PartitionCandidates(partition.number(), layout.size(), keys, frames.group(),
                        frames.instance()), frames.bounds().instanceLease(), takeOver(keys, metrics), serving);
        registry.onChange(serving::wake);
        serving.prepare(() -> {
            // If this instance served the partition before, switches and policies may have changed since.
            switches.forget();
            policies.forget();
            CircuitMonitor circuits = new CircuitMonitor(keys, new CircuitPolicy(settings.watching().circuits()),
                    registry, RedisClock.SERVER);
            if (lease == null) {
                return new PartitionServing.Served(pipeline(partition, new PartitionProcessors(registry,
                        partition.number(), null), switches, policies, clock), polls, circuits, null);
            }
            ShareKeeper shares = new ShareKeeper(new ShareKeeper.Settings(partition, layout.getFirst(), layout.size()),
                    () -> PartitionProcessors.shared(registry.snapshot()), () -> serving.view().shortage(),
                    () -> lease.view().leads() && registry.known(), serving::wake);
            return new PartitionServing.Served(pipeline(partition, new PartitionProcessors(registry,
                    partition.number(), shares), switches, policies, clock), polls, circuits,
                    new RedisLoop(loop("shares", partition), partition.redis(), shares));
        });
        return new LocalPartition(partition, clock, registry, switches, policies, stats, serving, lease, membership,
                watching);
    }

    /** All partitions. Processors register in the first; the registries of the others copy it. */
    private LocalPartitions partitions() {
        List<LocalPartition> all = new ArrayList<>();
        for (Partition partition : layout) {
            all.add(partition(partition, all.isEmpty()
                    ? new PartitionRole(0, null, layout.size() > 1,
                            processors -> LocalPartitions.heldIn(all.subList(1, all.size()), processors))
                    : new PartitionRole(partition.number(), all.getFirst().registry(), true, _ -> Set.of())));
        }
        return new LocalPartitions(all);
    }

    /**
     * The whole instance. It answers requests when this returns; its partitions do not run yet.
     *
     * @throws ApiServer.ListenFailed when it cannot listen at its address
     */
    Orchestrator instance() {
        Pipeline.Settings frames = settings.frames();
        metrics.describe(settings.version(), frames.strategy().word());
        LocalPartitions partitions = partitions();
        ClusterRegistry registry = new ClusterRegistry(
                partitions.all().stream().map(LocalPartition::registry).toList());
        ServiceMonitoring monitoring = new ServiceMonitoring(settings, partitions, registry, metrics,
                new MetricsExposition(measured));
        ClusterMetrics.register(measured, monitoring.stats(), () -> registry.snapshot().all());
        CameraDirectory cameras = new CameraDirectory(settings.partitioning(),
                partitions.each(LocalPartition::policies), monitoring.rates(), partitions.all().getFirst().clock(),
                frames.pixels());
        ApiServer api = ApiServer.start(settings.api(), new ApiResources(settings, layout, partitions, registry,
                monitoring.queries(), cameras, monitoring.api(), metrics).all());
        monitoring.start();
        return new Orchestrator(partitions, monitoring, api, measured);
    }
}
