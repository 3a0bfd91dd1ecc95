package framebuffer.orchestrator;

import framebuffer.orchestrator.affinity.Placing;
import framebuffer.orchestrator.alerts.AlertWatch;
import framebuffer.orchestrator.alerts.AlertWebhook;
import framebuffer.orchestrator.alerts.Alerting;
import framebuffer.orchestrator.api.ApiServer;
import framebuffer.orchestrator.api.Doors;
import framebuffer.orchestrator.api.HealthCheck;
import framebuffer.orchestrator.api.HealthCheck.Weight;
import framebuffer.orchestrator.breaker.CircuitPolicy;
import framebuffer.orchestrator.clock.ServiceClock;
import framebuffer.orchestrator.control.Switchboard;
import framebuffer.orchestrator.journey.Journeys;
import framebuffer.orchestrator.ledger.Ledger;
import framebuffer.orchestrator.letters.LetterDesk;
import framebuffer.orchestrator.pressure.PressureWatch;
import framebuffer.orchestrator.registry.Place;
import framebuffer.orchestrator.registry.RedisClock;
import framebuffer.orchestrator.registry.RegistrationPolicy;
import framebuffer.orchestrator.registry.Registry;
import framebuffer.orchestrator.registry.Roster;
import framebuffer.orchestrator.telemetry.ClusterFigures;
import framebuffer.orchestrator.telemetry.ClusterMetrics;
import framebuffer.orchestrator.telemetry.Exposition;
import framebuffer.orchestrator.telemetry.FrameTracing;
import framebuffer.orchestrator.telemetry.Metrics;
import framebuffer.orchestrator.traffic.Cameras;
import framebuffer.orchestrator.traffic.PartitionTraffic;
import framebuffer.orchestrator.traffic.Rates;
import framebuffer.orchestrator.traffic.Traffic;
import framebuffer.orchestrator.watch.EndpointPolls;
import framebuffer.streams.RedisRefused;
import framebuffer.streams.RedisUnavailable;
import framebuffer.streams.Rights;
import framebuffer.streams.partition.Everywhere;
import framebuffer.streams.partition.Partition;
import framebuffer.streams.partition.Partitions;
import framebuffer.wire.Partitioning;
import framebuffer.wire.control.Backpressure;
import framebuffer.wire.control.PressureLevel;
import framebuffer.wire.processor.Registration;
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
    private final Roster roster;
    private final Traffic traffic;
    private final AlertWatch alerts;
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
    public record Settings(FrameWay.Settings frames, Partitioning partitioning, RegistrationPolicy.Limits processors,
            Watching watching, ApiServer.Settings api, int maxCameras, String version) {
        /** With one partition. */
        public Settings(FrameWay.Settings frames, RegistrationPolicy.Limits processors, Watching watching,
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
    record Means(Partition first, Metrics metrics, FrameTracing tracing, InstantSource machine) {
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
    public record Watching(CircuitPolicy.Thresholds circuits, EndpointPolls.Settings polls, Duration forgetAfter,
            Alerting alerting) {
        /** With the usual alerts. */
        public Watching(CircuitPolicy.Thresholds circuits, EndpointPolls.Settings polls, Duration forgetAfter) {
            this(circuits, polls, forgetAfter, Alerting.DEFAULT);
        }

        public static final Watching DEFAULT = new Watching(CircuitPolicy.Thresholds.DEFAULT,
                EndpointPolls.Settings.DEFAULT, Registry.Settings.DEFAULT_FORGET_AFTER);

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
        FrameWay.Settings frames = settings.frames();
        PrometheusRegistry measured = new PrometheusRegistry();
        Metrics metrics = new Metrics(measured, settings.maxCameras());
        metrics.describe(settings.version(), frames.strategy().word());

        this.partitions = partitions(settings,
                new Means(all(settings).getFirst(), metrics, new FrameTracing(telemetry), machine));
        ServiceClock clock = partitions.all().getFirst().clock();
        this.roster = new Roster(partitions.all().stream().map(LocalPartition::registry).toList());

        Rates rates = new Rates();
        ClusterFigures cluster = new ClusterFigures(
                partitions.all().stream().map(LocalPartition::figures).toList(), rates, metrics::forgetCameras, clock);
        Alerting alerting = settings.watching().alerting();
        this.webhook = alerting.webhook() == null
                ? null
                : new AlertWebhook(alerting.webhook(), frames.instance(), clock);
        this.alerts = new AlertWatch(alerting.thresholds(),
                new Observed(roster, partitions, cluster, rates.pace(), clock),
                webhook == null ? _ -> {
                } : webhook);
        List<HealthCheck> checks = checks(cluster);
        watched(metrics, checks);
        ClusterMetrics.register(measured, cluster, () -> roster.snapshot().all());

        this.traffic = traffic(settings, rates, clock);
        this.api = ApiServer.start(settings.api(),
                new Doors(settings.partitioning(), () -> partitions.shown(frames.instance()), roster, traffic,
                        journeys(frames),
                        new LetterDesk(partitions.all().stream().map(LocalPartition::partition).toList()),
                        new Cameras(settings.partitioning(), partitions.all().stream()
                                .map(one -> new Cameras.Site(one.partition(), one.policies())).toList(), rates, clock),
                        new Switchboard(partitions.all().stream()
                                .map(one -> new Switchboard.Site(one.partition().redis(), one.control())).toList(),
                                partitions::pressure),
                        alerts::firing, checks, new Exposition(measured)));
        begin(cluster);
    }

    /** Processors register with the first; the others follow it. */
    private static LocalPartitions partitions(Settings settings, Means means) {
        List<LocalPartition> all = new ArrayList<>();
        for (Partition partition : all(settings)) {
            Place place = all.isEmpty()
                    ? new Place(0, null, settings.partitioning().count() > 1,
                            processors -> heldIn(all.subList(1, all.size()), processors))
                    : new Place(partition.number(), all.getFirst().registry(), true, _ -> Set.of());
            ServiceClock clock = ServiceClock.startingAt(means.machine().instant());
            all.add(new LocalPartition(partition, settings, means, clock,
                    new Registry(settings.registry(partition, clock), place)));
        }
        return new LocalPartitions(all);
    }

    /** Who connects to one of them must be allowed to do all that an instance does there. */
    private static List<Partition> all(Settings settings) {
        return Partitions.of(settings.frames().redis(), settings.partitioning()).all().stream()
                .map(one -> new Partition(one.number(), one.redis().needing(Rights.ofInstance(one.keys())), one.keys()))
                .toList();
    }

    /** Where it is not known, something may be left. */
    private static Set<String> heldIn(List<LocalPartition> others, Collection<Registration> processors) {
        try {
            return others.isEmpty()
                    ? Set.of()
                    : Everywhere.ask(others, one -> one.registry().holding(processors)).stream().flatMap(Set::stream)
                            .collect(Collectors.toSet());
        } catch (RedisUnavailable | RedisRefused e) {
            return processors.stream().map(Registration::id).collect(Collectors.toSet());
        }
    }

    private void begin(ClusterFigures cluster) {
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

    private Traffic traffic(Settings settings, Rates rates, ServiceClock clock) {
        FrameWay.Settings frames = settings.frames();
        return new Traffic(settings.partitioning(), partitions.all().stream()
                .map(one -> new PartitionTraffic(new PartitionTraffic.Settings(one.partition(), frames.group(),
                        frames.strategy(), frames.bounds().window().frames(), frames.bounds().affinity().cameras(),
                        redis -> Placing.read(redis, one.partition().keys(), frames.bounds().affinity())),
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
        return traffic.ledger();
    }

    private Journeys journeys(FrameWay.Settings frames) {
        return new Journeys(new Journeys.Settings(frames.group(), frames.journal().retention()), partitions.all()
                .stream().map(one -> new Journeys.Site(one.partition(), () -> one.registry().read().withQueues()))
                .toList());
    }

    private List<HealthCheck> checks(ClusterFigures cluster) {
        List<HealthCheck> checks = new ArrayList<>(List.of(
                new HealthCheck("redis", Weight.VITAL, partitions::trouble),
                new HealthCheck("registry", Weight.VITAL, partitions.all().getFirst().registry()::trouble),
                new HealthCheck("redis_memory", Weight.MINOR, cluster::memoryFull),
                new HealthCheck("redis_eviction", Weight.MINOR, cluster::evicts),
                new HealthCheck("processor_watch", Weight.MINOR, partitions::watchTrouble),
                new HealthCheck("processors", Weight.MINOR, () -> noProcessor(cluster)),
                new HealthCheck("circuits", Weight.MINOR, this::panic),
                new HealthCheck("backpressure", Weight.MINOR, this::critical),
                new HealthCheck("capture_readers", Weight.MINOR, () -> partitions.alert(FrameWay::captureAlert)),
                new HealthCheck("instances", Weight.MINOR, () -> partitions.alert(FrameWay::instanceAlert)),
                new HealthCheck("dead_letters", Weight.MINOR, () -> partitions.alert(FrameWay::floodAlert)),
                new HealthCheck("journey", Weight.MINOR, () -> partitions.alert(FrameWay::journalTrouble)),
                new HealthCheck("alerts", Weight.MINOR, alerts::summary)));
        if (partitions.areSeveral()) {
            checks.add(new HealthCheck("partitions", Weight.MINOR, partitions::away));
        }
        if (webhook != null) {
            checks.add(new HealthCheck("webhook", Weight.MINOR, webhook::trouble));
        }
        return checks;
    }

    /** Without frames nobody is missing: a service that has just been started is healthy. */
    private Optional<String> noProcessor(ClusterFigures cluster) {
        return roster.snapshot().available().isEmpty()
                && (partitions.view().waiting() > 0 || cluster.unread() > 0 || cluster.underWay() > 0)
                        ? Optional.of("no healthy processor is registered: frames wait")
                        : Optional.empty();
    }

    private Optional<String> panic() {
        Set<String> readmitted = roster.snapshot().readmitted();
        return readmitted.isEmpty()
                ? Optional.empty()
                : Optional.of("more than half of the processors of a capability fail; these go on all the same: "
                        + readmitted.stream().sorted(NaturalOrder.NAMES).collect(Collectors.joining(", ")));
    }

    private Optional<String> critical() {
        Backpressure told = partitions.pressure();
        return told.level() == PressureLevel.CRITICAL
                ? Optional.of("critical: frames wait, and these processors are full: " + PressureWatch.critical(told))
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
