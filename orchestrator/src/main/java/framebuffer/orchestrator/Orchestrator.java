package framebuffer.orchestrator;

import framebuffer.orchestrator.api.ApiServer;
import framebuffer.orchestrator.api.ApiServices;
import framebuffer.orchestrator.api.HealthCheck;
import framebuffer.orchestrator.api.HealthCheck.Severity;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.cluster.partitions.ClusterRegistry;
import framebuffer.orchestrator.flowcontrol.CameraDirectory;
import framebuffer.orchestrator.flowcontrol.OperatorControl;
import framebuffer.orchestrator.flowcontrol.PressureMonitor;
import framebuffer.orchestrator.observability.alerts.AlertMonitor;
import framebuffer.orchestrator.observability.alerts.AlertSettings;
import framebuffer.orchestrator.observability.alerts.AlertWebhook;
import framebuffer.orchestrator.observability.journey.JourneyFinder;
import framebuffer.orchestrator.observability.stats.ClusterStats;
import framebuffer.orchestrator.observability.stats.FrameQueries;
import framebuffer.orchestrator.observability.stats.FrameRates;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.orchestrator.observability.stats.PartitionQueries;
import framebuffer.orchestrator.observability.telemetry.ClusterMetrics;
import framebuffer.orchestrator.observability.telemetry.FrameTracing;
import framebuffer.orchestrator.observability.telemetry.Metrics;
import framebuffer.orchestrator.observability.telemetry.MetricsExposition;
import framebuffer.orchestrator.pipeline.AffinityTable;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.deadletters.DeadLetterOperations;
import framebuffer.orchestrator.pipeline.dispatch.FrameEvents;
import framebuffer.orchestrator.pipeline.dispatch.FrameTracer;
import framebuffer.orchestrator.pipeline.intake.ServiceClock;
import framebuffer.orchestrator.processors.health.CircuitPolicy;
import framebuffer.orchestrator.processors.polls.HealthPoller;
import framebuffer.orchestrator.processors.registry.PartitionRole;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy;
import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.redis.AclRights;
import framebuffer.redis.RedisClock;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.FanOut;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.wire.Partitioning;
import framebuffer.wire.control.Backpressure;
import framebuffer.wire.control.PressureLevel;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.NaturalOrder;
import io.opentelemetry.api.OpenTelemetry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One instance: the partitions, who is there, and the doors to both. The wiring, to be read top to bottom. */
public final class Orchestrator implements AutoCloseable {
    private final LocalPartitions partitions;
    private final ClusterRegistry registry;
    private final FrameQueries queries;
    private final AlertMonitor alerts;
    private final @Nullable AlertWebhook webhook;
    private final ApiServer api;

    /**
     * How an instance runs.
     *
     * @param frames
     *            how frames go; on a cluster, in one of its partitions
     * @param partitioning
     *            how frames are spread over partitions
     * @param processors
     *            bounds on registering
     * @param watching
     *            how processors are looked after
     * @param api
     *            where it listens, and to whom
     * @param maxCameras
     *            how many cameras metrics tell apart
     * @param version
     *            what is running
     */
    public record Settings(Pipeline.Settings frames, Partitioning partitioning,
            RegistrationPolicy.RegistrationLimits processors,
            ProcessorMonitoring watching, ApiServer.Settings api, int maxCameras, String version) {
        /** With one partition. */
        public Settings(Pipeline.Settings frames, RegistrationPolicy.RegistrationLimits processors,
                ProcessorMonitoring watching,
                ApiServer.Settings api, int maxCameras, String version) {
            this(frames, Partitioning.whole(frames.keys().prefix()), processors, watching, api, maxCameras, version);
        }

        private Registry.Settings registry(Partition partition, ServiceClock clock) {
            return new Registry.Settings(partition.redis(), partition.keys(), processors,
                    Registry.Settings.DEFAULT_REFRESH_INTERVAL, redis -> clock.ask(() -> RedisClock.SERVER.now(redis)),
                    watching.circuits().successes(), watching.forgetAfter());
        }
    }

    /** What all partitions of an instance have in common; {@code first}: where they agree. */
    record PartitionContext(Partition first, FrameEvents events, FrameTracer tracing, InstantSource machine) {
    }

    /**
     * How processors, and the service itself, are looked after.
     *
     * @param circuits
     *            when a circuit opens and closes
     * @param polls
     *            how health endpoints are polled
     * @param forgetAfter
     *            how long an unhealthy processor must be silent to be unregistered, if nothing is outstanding there
     * @param alerting
     *            what an operator is told
     */
    public record ProcessorMonitoring(CircuitPolicy.CircuitThresholds circuits, HealthPoller.PollSettings polls,
            Duration forgetAfter,
            AlertSettings alerting) {
        /** With the usual alerts. */
        public ProcessorMonitoring(CircuitPolicy.CircuitThresholds circuits, HealthPoller.PollSettings polls,
                Duration forgetAfter) {
            this(circuits, polls, forgetAfter, AlertSettings.DEFAULT);
        }

        public static final ProcessorMonitoring DEFAULT = new ProcessorMonitoring(
                CircuitPolicy.CircuitThresholds.DEFAULT,
                HealthPoller.PollSettings.DEFAULT, Registry.Settings.DEFAULT_FORGET_AFTER);

        CircuitPolicy policy() {
            return new CircuitPolicy(circuits);
        }
    }

    /**
     * Starts an instance. It answers when this returns; frames flow as soon as Redis answers.
     *
     * @throws ApiServer.CannotListen
     *             when it cannot listen where it should
     */
    public static Orchestrator start(Settings settings, OpenTelemetry telemetry, InstantSource machine) {
        return start(settings, telemetry, machine, CompletableFuture.completedFuture(null));
    }

    /**
     * The same, but frames flow only once this instance has its name.
     *
     * @param named
     *            completes when no other process reads under the name of this instance
     */
    public static Orchestrator start(Settings settings, OpenTelemetry telemetry, InstantSource machine,
            CompletionStage<Void> named) {
        Orchestrator started = new Orchestrator(settings, telemetry, machine);
        named.thenRun(() -> started.partitions.all().forEach(LocalPartition::begin));
        return started;
    }

    private Orchestrator(Settings settings, OpenTelemetry telemetry, InstantSource machine) {
        Pipeline.Settings frames = settings.frames();
        PrometheusRegistry measured = new PrometheusRegistry();
        Metrics metrics = new Metrics(measured, settings.maxCameras());
        metrics.describe(settings.version(), frames.strategy().word());

        this.partitions = partitions(settings,
                new PartitionContext(all(settings).getFirst(), metrics, new FrameTracing(telemetry), machine));
        ServiceClock clock = partitions.all().getFirst().clock();
        this.registry = new ClusterRegistry(partitions.all().stream().map(LocalPartition::registry).toList());

        FrameRates rates = new FrameRates();
        ClusterStats cluster = new ClusterStats(
                partitions.all().stream().map(LocalPartition::figures).toList(), rates, metrics::forgetCameras, clock);
        AlertSettings alerting = settings.watching().alerting();
        this.webhook = alerting.webhook() == null
                ? null
                : new AlertWebhook(alerting.webhook(), frames.instance(), clock);
        this.alerts = new AlertMonitor(alerting.thresholds(),
                new ObservationCollector(registry, partitions, cluster, rates.pace(), clock),
                webhook == null ? _ -> {
                } : webhook);
        List<HealthCheck> checks = checks(cluster);
        watched(metrics, checks);
        ClusterMetrics.register(measured, cluster, () -> registry.snapshot().all());

        this.queries = traffic(settings, rates, clock);
        MetricsExposition exposition = new MetricsExposition(measured);
        this.api = ApiServer.start(settings.api(),
                new ApiServices(settings.partitioning(), () -> partitions.shown(frames.instance()), registry, queries,
                        journeys(frames),
                        new DeadLetterOperations(partitions.all().stream().map(LocalPartition::partition).toList()),
                        new CameraDirectory(settings.partitioning(), partitions.all().stream()
                                .map(one -> new CameraDirectory.CameraPartition(one.partition(), one.policies()))
                                .toList(), rates, clock),
                        new OperatorControl(partitions.all().stream()
                                .map(one -> new OperatorControl.ControlledPartition(one.partition().redis(),
                                        one.control()))
                                .toList(), partitions::pressure),
                        alerts::firing, checks, accept -> new Response.DocumentContent(exposition.contentType(accept),
                                out -> exposition.write(out, accept))));
        begin(cluster);
    }

    /** Processors register with the first; the others follow it. */
    private static LocalPartitions partitions(Settings settings, PartitionContext context) {
        List<LocalPartition> all = new ArrayList<>();
        for (Partition partition : all(settings)) {
            PartitionRole role = all.isEmpty()
                    ? new PartitionRole(0, null, settings.partitioning().count() > 1,
                            processors -> heldIn(all.subList(1, all.size()), processors))
                    : new PartitionRole(partition.number(), all.getFirst().registry(), true, _ -> Set.of());
            ServiceClock clock = ServiceClock.startingAt(context.machine().instant());
            all.add(new LocalPartition(partition, settings, context, clock,
                    new Registry(settings.registry(partition, clock), role)));
        }
        return new LocalPartitions(all);
    }

    /** Who connects to one of them must be allowed to do all that an instance does there. */
    private static List<Partition> all(Settings settings) {
        return PartitionLayout.of(settings.frames().redis(), settings.partitioning()).all().stream()
                .map(one -> new Partition(one.number(), one.redis().needing(AclRights.ofInstance(one.keys())),
                        one.keys()))
                .toList();
    }

    /** Where it is not known, something may be left. */
    private static Set<String> heldIn(List<LocalPartition> others, Collection<Registration> processors) {
        try {
            return others.isEmpty()
                    ? Set.of()
                    : FanOut.ask(others, one -> one.registry().holding(processors)).stream().flatMap(Set::stream)
                            .collect(Collectors.toSet());
        } catch (RedisUnavailable | RedisRefused e) {
            return processors.stream().map(Registration::id).collect(Collectors.toSet());
        }
    }

    private void begin(ClusterStats cluster) {
        partitions.all().forEach(one -> one.start(cluster));
        alerts.start();
        if (webhook != null) {
            webhook.start();
        }
    }

    private void watched(Metrics metrics, List<HealthCheck> checks) {
        metrics.watch(partitions::view);
        metrics.watchJournal(partitions::dropped);
        metrics.watchPressure(partitions::pressure);
        metrics.watchPartitions(() -> partitions.all().stream()
                .collect(Collectors.toMap(one -> one.partition().number(), LocalPartition::isServed)));
        metrics.watchRedis(() -> partitions.away().isEmpty());
        metrics.watchHealth(() -> checks.stream()
                .collect(Collectors.toMap(HealthCheck::name, check -> check.failure().get().isPresent())));
        metrics.watchAlerts(alerts::firing);
        Registry registry = partitions.all().getFirst().registry();
        registry.onChange(() -> metrics.keepProcessors(registry.snapshot().all().stream()
                .map(processor -> processor.registration().id()).collect(Collectors.toSet())));
    }

    private FrameQueries traffic(Settings settings, FrameRates rates, ServiceClock clock) {
        Pipeline.Settings frames = settings.frames();
        return new FrameQueries(settings.partitioning(), partitions.all().stream()
                .map(one -> new PartitionQueries(new PartitionQueries.Settings(one.partition(), frames.group(),
                        frames.strategy(), frames.bounds().window().frames(), frames.bounds().affinity().cameras(),
                        redis -> AffinityTable.read(redis, one.partition().keys(), frames.bounds().affinity())),
                        one.registry(), () -> one.view().waiting(), one.clock()))
                .toList(), rates, clock);
    }

    /** The REST API, as a URL that works on this machine. */
    public String url() {
        return api.url();
    }

    /** The port of the REST API. */
    public int port() {
        return api.port();
    }

    /** What became of every frame, as of now. */
    public Ledger ledger() {
        return queries.ledger();
    }

    private JourneyFinder journeys(Pipeline.Settings frames) {
        return new JourneyFinder(new JourneyFinder.JourneySettings(frames.group(), frames.journal().retention()),
                partitions.all()
                        .stream()
                        .map(one -> new JourneyFinder.JourneyPartition(one.partition(),
                                () -> one.registry().read().withQueues()))
                        .toList());
    }

    private List<HealthCheck> checks(ClusterStats cluster) {
        List<HealthCheck> checks = new ArrayList<>(List.of(
                new HealthCheck("redis", Severity.VITAL, partitions::trouble),
                new HealthCheck("registry", Severity.VITAL, partitions.all().getFirst().registry()::trouble),
                new HealthCheck("redis_memory", Severity.MINOR, cluster::memoryFull),
                new HealthCheck("redis_eviction", Severity.MINOR, cluster::evicts),
                new HealthCheck("processor_watch", Severity.MINOR, partitions::watchTrouble),
                new HealthCheck("processors", Severity.MINOR, () -> noProcessor(cluster)),
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
    private Optional<String> noProcessor(ClusterStats cluster) {
        return registry.snapshot().available().isEmpty()
                && (partitions.view().waiting() > 0 || cluster.unread() > 0 || cluster.underWay() > 0)
                        ? Optional.of("no healthy processor is registered: frames wait")
                        : Optional.empty();
    }

    private Optional<String> panic() {
        Set<String> readmitted = registry.snapshot().readmitted();
        return readmitted.isEmpty()
                ? Optional.empty()
                : Optional.of("more than half of the processors of a capability fail; these go on all the same: "
                        + readmitted.stream().sorted(NaturalOrder.NAMES).collect(Collectors.joining(", ")));
    }

    private Optional<String> critical() {
        Backpressure told = partitions.pressure();
        return told.level() == PressureLevel.CRITICAL
                ? Optional.of("critical: frames wait, and these processors are full: " + PressureMonitor.critical(told))
                : Optional.empty();
    }

    /** Takes no more requests, reads no more frames, finishes the hand-offs in progress, and lets go. */
    @Override
    public void close() {
        alerts.close();
        if (webhook != null) {
            webhook.close();
        }
        partitions.close();
        api.close();
    }
}
