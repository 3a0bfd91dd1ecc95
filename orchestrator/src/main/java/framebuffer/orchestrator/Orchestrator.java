package framebuffer.orchestrator;

import framebuffer.orchestrator.alerts.AlertWatch;
import framebuffer.orchestrator.alerts.AlertWebhook;
import framebuffer.orchestrator.alerts.Alerting;
import framebuffer.orchestrator.api.ApiServer;
import framebuffer.orchestrator.api.Doors;
import framebuffer.orchestrator.api.HealthCheck;
import framebuffer.orchestrator.api.HealthCheck.Weight;
import framebuffer.orchestrator.breaker.Circuit;
import framebuffer.orchestrator.breaker.CircuitPolicy;
import framebuffer.orchestrator.control.Switchboard;
import framebuffer.orchestrator.journey.Journeys;
import framebuffer.orchestrator.ledger.Ledger;
import framebuffer.orchestrator.letters.LetterDesk;
import framebuffer.orchestrator.pressure.PressureWatch;
import framebuffer.orchestrator.recovery.Life;
import framebuffer.orchestrator.registry.Processor;
import framebuffer.orchestrator.registry.RedisClock;
import framebuffer.orchestrator.registry.RegistrationPolicy;
import framebuffer.orchestrator.registry.Registry;
import framebuffer.orchestrator.registry.RegistrySnapshot;
import framebuffer.orchestrator.telemetry.ClusterMetrics;
import framebuffer.orchestrator.telemetry.Exposition;
import framebuffer.orchestrator.telemetry.FrameTracing;
import framebuffer.orchestrator.telemetry.Metrics;
import framebuffer.orchestrator.telemetry.RedisFigures;
import framebuffer.orchestrator.traffic.Cameras;
import framebuffer.orchestrator.traffic.Rates;
import framebuffer.orchestrator.traffic.Traffic;
import framebuffer.orchestrator.watch.CircuitWatch;
import framebuffer.orchestrator.watch.EndpointPolls;
import framebuffer.streams.RedisLoop;
import framebuffer.wire.control.Backpressure;
import framebuffer.wire.control.PressureLevel;
import framebuffer.wire.processor.Heartbeat.Status;
import framebuffer.wire.processor.Registration;
import io.opentelemetry.api.OpenTelemetry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One instance: the way of a frame, who is there, and the doors to both. The wiring, to be read top to bottom. */
public final class Orchestrator implements AutoCloseable {
    private final Registry registry;
    private final FrameWay way;
    private final EndpointPolls polls;
    private final RedisLoop polling;
    private final RedisLoop breaking;
    private final RedisLoop figures;
    private final Traffic traffic;
    private final AlertWatch alerts;
    private final @Nullable AlertWebhook webhook;
    private final ApiServer api;

    /**
     * How an instance runs.
     *
     * @param frames
     *            how frames go
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
    public record Settings(FrameWay.Settings frames, RegistrationPolicy.Limits processors, Watching watching,
            ApiServer.Settings api, int maxCameras, String version) {
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
    }

    /**
     * Starts an instance. It answers when this returns; frames flow as soon as Redis answers.
     *
     * @throws ApiServer.CannotListen
     *             when it cannot listen where it should
     */
    public static Orchestrator start(Settings settings, OpenTelemetry telemetry, InstantSource clock) {
        return new Orchestrator(settings, telemetry, clock);
    }

    private Orchestrator(Settings settings, OpenTelemetry telemetry, InstantSource clock) {
        FrameWay.Settings frames = settings.frames();
        PrometheusRegistry measured = new PrometheusRegistry();
        Metrics metrics = new Metrics(measured, settings.maxCameras());
        metrics.describe(settings.version(), frames.strategy().word());

        this.registry = new Registry(new Registry.Settings(frames.redis(), frames.keys(), settings.processors(),
                Registry.Settings.DEFAULT_REFRESH_INTERVAL, RedisClock.SERVER,
                settings.watching().circuits().successes(), settings.watching().forgetAfter()));
        this.way = new FrameWay(frames, new Known(registry), metrics, new FrameTracing(telemetry), clock);
        registry.onChange(way::wake);
        this.polls = new EndpointPolls(frames.keys(), settings.watching().polls(), registry);
        this.polling = new RedisLoop("polls", frames.redis(), polls);
        this.breaking = new RedisLoop("circuits", frames.redis(), new CircuitWatch(frames.keys(),
                new CircuitPolicy(settings.watching().circuits()), registry, RedisClock.SERVER));

        Rates rates = new Rates();
        RedisFigures ofTheCluster = new RedisFigures(frames.keys(), frames.group(),
                () -> registry.snapshot().withQueues(), rates, clock);
        Alerting alerting = settings.watching().alerting();
        this.webhook = alerting.webhook() == null
                ? null
                : new AlertWebhook(alerting.webhook(), frames.instance(), clock);
        this.alerts = new AlertWatch(alerting.thresholds(),
                new Observed(registry, way, ofTheCluster, rates.pace(), clock),
                webhook == null ? _ -> {
                } : webhook);
        List<HealthCheck> checks = checks();
        metrics.watchHealth(() -> checks.stream()
                .collect(Collectors.toMap(HealthCheck::name, check -> check.failure().get().isPresent())));
        metrics.watchAlerts(alerts::firing);
        ClusterMetrics.register(measured, ofTheCluster, this::processorsByStatus, this::circuits);
        this.figures = new RedisLoop("figures", frames.redis(), ofTheCluster);

        this.traffic = new Traffic(new Traffic.Settings(frames.redis(), frames.keys(), frames.group(),
                frames.strategy(), frames.bounds().window().frames(), frames.bounds().affinity()), registry,
                () -> way.view().waiting(), rates, clock);
        Cameras cameras = new Cameras(frames.redis(), frames.keys(), way.policies(), rates, clock);
        Switchboard switchboard = new Switchboard(frames.redis(), way.control(), way::pressure);

        this.api = ApiServer.start(settings.api(),
                new Doors(registry, traffic, journeys(frames), new LetterDesk(frames.redis(), frames.keys()),
                        cameras,
                        switchboard, alerts::firing, checks, new Exposition(measured)));
        begin();
    }

    private void begin() {
        registry.start();
        polling.start();
        breaking.start();
        way.start();
        figures.start();
        alerts.start();
        if (webhook != null) {
            webhook.start();
        }
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
        return new Journeys(new Journeys.Settings(frames.redis(), frames.keys(), frames.group(),
                frames.journal().retention()), () -> registry.read().withQueues());
    }

    private List<HealthCheck> checks() {
        List<HealthCheck> checks = new ArrayList<>(List.of(new HealthCheck("redis", Weight.VITAL, way::trouble),
                new HealthCheck("registry", Weight.VITAL, registry::trouble),
                new HealthCheck("processor_watch", Weight.MINOR, this::watchTrouble),
                new HealthCheck("processors", Weight.MINOR, this::noProcessor),
                new HealthCheck("circuits", Weight.MINOR, this::panic),
                new HealthCheck("backpressure", Weight.MINOR, this::critical),
                new HealthCheck("capture_readers", Weight.MINOR, way::captureAlert),
                new HealthCheck("instances", Weight.MINOR, way::instanceAlert),
                new HealthCheck("dead_letters", Weight.MINOR, way::floodAlert),
                new HealthCheck("journey", Weight.MINOR, way::journalTrouble),
                new HealthCheck("alerts", Weight.MINOR, alerts::summary)));
        if (webhook != null) {
            checks.add(new HealthCheck("webhook", Weight.MINOR, webhook::trouble));
        }
        return checks;
    }

    private Optional<String> noProcessor() {
        return registry.snapshot().available().isEmpty()
                ? Optional.of("no healthy processor is registered: frames wait")
                : Optional.empty();
    }

    private Optional<String> watchTrouble() {
        return Stream.of(polling, breaking).map(RedisLoop::trouble).filter(Objects::nonNull).findFirst();
    }

    private Optional<String> panic() {
        Set<String> readmitted = registry.snapshot().readmitted();
        return readmitted.isEmpty()
                ? Optional.empty()
                : Optional.of("more than half of the processors of a capability fail; these go on all the same: "
                        + String.join(", ", new TreeSet<>(readmitted)));
    }

    private Map<String, Integer> circuits() {
        return registry.snapshot().all().stream().collect(
                Collectors.toMap(processor -> processor.registration().id(), processor -> switch (processor.circuit()) {
                    case Circuit.Closed _ -> 0;
                    case Circuit.HalfOpen _ -> 1;
                    case Circuit.Open _ -> 2;
                }));
    }

    private Optional<String> critical() {
        Backpressure told = way.pressure();
        return told.level() == PressureLevel.CRITICAL
                ? Optional.of("critical: frames wait, and these processors are full: " + PressureWatch.critical(told))
                : Optional.empty();
    }

    private Map<String, Long> processorsByStatus() {
        return Arrays.stream(Status.values()).collect(Collectors.toMap(Status::word, status -> registry.snapshot().all()
                .stream().map(Processor::health).filter(health -> health.status() == status).count()));
    }

    /** Takes no more requests, reads no more frames, finishes the hand-offs in progress, and lets go. */
    @Override
    public void close() {
        alerts.close();
        if (webhook != null) {
            webhook.close();
        }
        way.close();
        polling.close();
        polls.close();
        breaking.close();
        figures.close();
        api.close();
        registry.close();
    }

    /** The registry, as the way of a frame sees it. */
    private record Known(Registry registry) implements FrameWay.Processors {
        @Override
        public List<Registration> available() {
            return registry.snapshot().available();
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
        public Collection<Life> lives() {
            RegistrySnapshot there = registry.snapshot();
            Set<String> cutOff = there.cutOff();
            return Stream.concat(
                    there.all().stream().map(processor -> new Life(processor.registration(), processor.registeredAt(),
                            cutOff.contains(processor.registration().id()), processor.leaseEnds(), false)),
                    there.departed().stream().map(departed -> new Life(departed, Instant.MAX, true, Instant.MAX, true)))
                    .toList();
        }

        @Override
        public void emptied(Life departed) {
            registry.forgotten(departed.registration());
        }
    }
}
