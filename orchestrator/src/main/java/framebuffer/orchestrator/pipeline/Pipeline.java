package framebuffer.orchestrator.pipeline;

import framebuffer.orchestrator.cluster.membership.InstanceLease;
import framebuffer.orchestrator.flowcontrol.CameraLastSeen;
import framebuffer.orchestrator.flowcontrol.CameraPolicyStore;
import framebuffer.orchestrator.flowcontrol.Freshness;
import framebuffer.orchestrator.flowcontrol.OperatorSwitches;
import framebuffer.orchestrator.flowcontrol.PressureMonitor;
import framebuffer.orchestrator.pipeline.admission.Window;
import framebuffer.orchestrator.pipeline.admission.Window.Starvation;
import framebuffer.orchestrator.pipeline.deadletters.DeadLetterMaintenance;
import framebuffer.orchestrator.pipeline.deadletters.PixelExtender;
import framebuffer.orchestrator.pipeline.deadletters.UnroutableFrames;
import framebuffer.orchestrator.pipeline.dispatch.FrameEvents;
import framebuffer.orchestrator.pipeline.dispatch.FrameEvents.LossReason;
import framebuffer.orchestrator.pipeline.dispatch.FrameTracer;
import framebuffer.orchestrator.pipeline.dispatch.ServedCameras;
import framebuffer.orchestrator.pipeline.intake.DeferredFrameRelease;
import framebuffer.orchestrator.pipeline.intake.Inbox;
import framebuffer.orchestrator.pipeline.intake.ServiceClock;
import framebuffer.orchestrator.pipeline.intake.SourceReader;
import framebuffer.orchestrator.pipeline.recovery.AcknowledgedSweep;
import framebuffer.orchestrator.pipeline.recovery.CaptureMaintenance;
import framebuffer.orchestrator.pipeline.recovery.FailureRateMonitor;
import framebuffer.orchestrator.pipeline.recovery.LedgerReconciler;
import framebuffer.orchestrator.pipeline.recovery.QueueRecovery;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.cluster.InstanceStore;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.frames.DeferredFrames;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.HandOff;
import framebuffer.redis.handoff.OrchestratorGroup;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Backpressure;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The loops on the way of a frame, wired: two readers that fetch ahead, the pump, with affinity routing the one that agrees with
 * other instances whose camera is whose, beside them those that learn what is switched and set and tell producers how much to send,
 * and behind them those that clear away. Each has a connection of its own.
 */
public final class Pipeline implements AutoCloseable {
    private final Inbox inbox = new Inbox();
    private final Pump pump;
    private final CaptureMaintenance captureMaintenance;
    private final RedisLoop capturing;
    private final RedisLoop givingBack;
    private final RedisLoop pumping;
    private final List<RedisLoop> placing;
    private final OperatorSwitches control;
    private final CameraPolicyStore policies;
    private final PressureMonitor pressure;
    private final List<RedisLoop> steering;
    private final List<RedisLoop> clearing;
    private final InstanceLease lease;
    private final RedisLoop leasing;
    private final FailureRateMonitor failureRates = new FailureRateMonitor();
    private final ServedCameras served = new ServedCameras(System::nanoTime);
    private final Journal journal = new Journal();
    private final List<RedisLoop> journaling;

    /**
     * How frames go.
     *
     * @param redis
     *            where the streams are
     * @param keys
     *            what they are called
     * @param group
     *            our consumer group, the same for all instances
     * @param instance
     *            this instance's name within it; one that restarts under its name goes on with what it held
     * @param strategy
     *            how a processor is chosen
     * @param bounds
     *            what must not grow without limit
     * @param steering
     *            what is held back, and what producers are told
     * @param letters
     *            what is given up on
     * @param journal
     *            how long it is known what was done with a frame
     */
    public record Settings(RedisAddress redis, Keys keys, String group, String instance, RoutingStrategy strategy,
            PipelineLimits bounds, FlowControl steering, DeadLettering letters,
            JournalWriter.JournalRetention journal) {
        /** With the usual times for what is given up on. */
        public Settings(RedisAddress redis, Keys keys, String group, String instance, RoutingStrategy strategy,
                PipelineLimits bounds, FlowControl steering) {
            this(redis, keys, group, instance, strategy, bounds, steering, DeadLettering.DEFAULT,
                    JournalWriter.JournalRetention.DEFAULT);
        }

        /** The same in this partition. */
        public Settings in(Partition partition) {
            return new Settings(partition.redis(), partition.keys(), group, instance, strategy, bounds, steering,
                    letters, journal);
        }
    }

    /**
     * What is given up on.
     *
     * @param unroutable
     *            how long a frame waits for a processor that offers what it needs; zero: for ever
     * @param retention
     *            how long a dead letter is kept
     */
    public record DeadLettering(Duration unroutable, Duration retention) {
        public static final DeadLettering DEFAULT = new DeadLettering(Duration.ofSeconds(60), Duration.ofHours(24));
    }

    /**
     * What is held back, and what producers are told.
     *
     * @param freshness
     *            which frames are worth sending, of cameras of which nothing else is said
     * @param cameraPolicies
     *            of how many cameras something else may be said
     * @param pressureCheck
     *            how often it is looked how full the processors are
     * @param cameraRetention
     *            how long a camera may be silent until it leaves
     */
    public record FlowControl(Freshness freshness, int cameraPolicies, Duration pressureCheck,
            Duration cameraRetention) {
        public static final FlowControl DEFAULT = new FlowControl(Freshness.LOSSLESS, 10_000, Duration.ofMillis(50),
                Duration.ofHours(24));
    }

    /**
     * Bounds on the way of a frame.
     *
     * @param window
     *            frames that may wait, read but not handed off
     * @param starvation
     *            when one that waits goes before more urgent ones
     * @param batch
     *            frames read, and handed off, at once
     * @param maxAttempts
     *            attempts charged to a frame before it is given up on
     * @param processingTimeout
     *            how long a processor that does not say may take for a frame
     * @param foreignGroupRetention
     *            how long a group of others on the capture stream may leave something unread until it holds nothing back
     * @param instanceLease
     *            how long an instance may be silent until others take over what it holds
     * @param handOff
     *            of what a hand-off writes besides frames
     * @param affinity
     *            of what is remembered of cameras, if they keep their processors
     */
    public record PipelineLimits(Window.Limit window, Starvation starvation, int batch, int maxAttempts,
            Duration processingTimeout,
            Duration foreignGroupRetention, Duration instanceLease, HandOff.HandOffLimits handOff,
            AffinityTable.AffinityLimits affinity) {
        public static final PipelineLimits DEFAULT = new PipelineLimits(Window.Limit.of(10_000), Starvation.DEFAULT,
                200, 5,
                Duration.ofSeconds(60),
                Duration.ofHours(1), Duration.ofSeconds(5), HandOff.HandOffLimits.DEFAULT,
                AffinityTable.AffinityLimits.DEFAULT);

        /** New frames are let in while a whole batch fits, so it is cut to a tenth of the window: little of it is left unused. */
        public PipelineLimits {
            batch = Math.clamp(window.frames() / 10, 1, batch);
        }
    }

    /** Who may be sent frames, and whose queues are to be emptied. */
    public interface ProcessorView extends QueueRecovery.QueueOwners {
        /** Those that may be sent frames; an equal list as long as nothing has changed. */
        List<Registration> available();

        /** Whether it is known who is there: before, that nobody is available says nothing. */
        boolean known();

        /** All whose queues may hold frames. */
        Collection<Registration> all();
    }

    /**
     * What it is told by the rest of the service.
     *
     * @param control
     *            what an operator switches
     * @param policies
     *            which frames of which camera are worth sending
     */
    public record PipelineInputs(ProcessorView processors, OperatorSwitches control, CameraPolicyStore policies) {
    }

    public Pipeline(Settings settings, PipelineInputs told, FrameEvents listener, FrameTracer tracing,
            ServiceClock clock) {
        Keys keys = settings.keys();
        ProcessorView processors = told.processors();
        this.control = told.control();
        this.policies = told.policies();
        PipelineLimits bounds = settings.bounds();
        this.journaling = journaling(settings, journal, clock);
        FrameSource capture = new FrameSource(keys.capture(), settings.group(), FrameSource.SourceKind.CAPTURE);
        FrameSource returned = new FrameSource(keys.returned(), settings.group(), FrameSource.SourceKind.RETURNED);
        SourceReader captured = reader(capture, settings, inbox, processors);
        SourceReader givenBack = reader(returned, settings, inbox, processors);
        QueueRecovery recovery = new QueueRecovery(keys, bounds.processingTimeout(), inbox, processors);
        FrameEvents events = toAll(listener);
        this.captureMaintenance = new CaptureMaintenance(new CaptureMaintenance.CaptureRetention(keys, settings.group(),
                bounds.handOff().ledgerFields(), bounds.foreignGroupRetention()), events, clock);
        AffinityTable affinityTable = new AffinityTable(keys, bounds.affinity().keep(), clock, inbox::wake);
        CameraLastSeen lastSeen = new CameraLastSeen(keys, bounds.handOff().ledgerFields(),
                settings.steering().cameraRetention());
        PixelExtender pixels = new PixelExtender(keys);
        this.pump = new Pump(new PumpParts(new PumpParts.PumpSettings(keys, capture, settings.instance(),
                settings.strategy(), bounds.window(), bounds.starvation(), bounds.batch(), bounds.maxAttempts(),
                bounds.handOff(), bounds.affinity()), inbox,
                new PumpParts.PumpInputs(processors::available, control::view, policies::view), affinityTable, lastSeen,
                new PumpParts.PumpDeadLetters(new UnroutableFrames(settings.letters().unroutable()), processors::known,
                        failureRates, pixels),
                () -> {
                    captured.beginAgain();
                    givenBack.beginAgain();
                    recovery.beginAgain();
                }, events, tracing, clock.follower()));
        this.pressure = pressure(settings, processors);
        RedisAddress redis = settings.redis();
        this.capturing = new RedisLoop("reader", redis, captured);
        this.givingBack = new RedisLoop("returns", redis, givenBack);
        this.pumping = new RedisLoop("pump", redis, pump);
        this.placing = settings.strategy() == RoutingStrategy.AFFINITY
                ? List.of(new RedisLoop("affinity", redis, affinityTable))
                : List.of();
        this.steering = List.of(new RedisLoop("control", redis, control), new RedisLoop("cameras", redis, policies),
                new RedisLoop("sightings", redis, lastSeen), new RedisLoop("pressure", redis, pressure));
        this.lease = lease(settings, events, pump);
        this.leasing = new RedisLoop("lease", redis, lease);
        this.clearing = List.of(new RedisLoop("recovery", redis, recovery),
                new RedisLoop("sweep", redis, new AcknowledgedSweep(keys, processors::all, new LedgerReconciler(keys,
                        settings.group(), bounds.handOff().ledgerFields(), events, System::nanoTime))),
                new RedisLoop("upkeep", redis, captureMaintenance),
                new RedisLoop("letters", redis, keeper(settings, processors, clock)),
                new RedisLoop("pixels", redis, pixels), new RedisLoop("deferred", redis, due(settings)));
    }

    private FrameEvents toAll(FrameEvents listener) {
        return FrameEvents.toAll(journaling.isEmpty()
                ? List.of(listener, failureRates, served)
                : List.of(listener, failureRates, served, journal));
    }

    private PressureMonitor pressure(Settings settings, ProcessorView processors) {
        return new PressureMonitor(new PressureMonitor.Settings(settings.keys(), settings.group(), settings.instance(),
                settings.steering().pressureCheck()), processors::available, () -> pump.view().shortage(),
                served::served, control::paused);
    }

    private static SourceReader reader(FrameSource source, Settings settings, Inbox inbox, ProcessorView processors) {
        OrchestratorGroup group = new OrchestratorGroup(settings.keys(), source, () -> processors.known()
                ? Optional.of(processors.all().stream().map(one -> settings.keys().queue(one.queue())).toList())
                : Optional.empty());
        return new SourceReader(group, settings.instance(), inbox, settings.bounds().batch(),
                settings.bounds().window().atOnce());
    }

    private static List<RedisLoop> journaling(Settings settings, Journal journal, ServiceClock clock) {
        return settings.journal().retention().isZero()
                ? List.of()
                : List.of(new RedisLoop("journal", settings.redis(), new JournalWriter(settings.keys(),
                        settings.instance(), settings.journal(), journal, clock)));
    }

    private static InstanceLease lease(Settings settings, FrameEvents events, Pump pump) {
        return new InstanceLease(new InstanceStore(settings.keys(), settings.group(), settings.instance()),
                new InstanceLease.LeaseSettings(settings.bounds().instanceLease(),
                        settings.bounds().handOff().ledgerFields()),
                frames -> events.lost(LossReason.DELETED, frames), pump::beginAgain);
    }

    /** Those that come back leave at least half of the window to others. */
    private static DeferredFrameRelease due(Settings settings) {
        PipelineLimits bounds = settings.bounds();
        return new DeferredFrameRelease(settings.keys(),
                new DeferredFrames.DeferralLimits(bounds.batch(), bounds.window().atOnce(),
                        bounds.handOff().deferred(), Math.max(1, bounds.window().frames() / 2)));
    }

    private static DeadLetterMaintenance keeper(Settings settings, ProcessorView processors, ServiceClock clock) {
        return DeadLetterMaintenance.of(new DeadLetterMaintenance.DeadLetterRetention(settings.keys(),
                settings.bounds().handOff().deadLetters(),
                settings.letters().retention()), processors::available, processors::known, clock);
    }

    /** Starts all loops. They begin as soon as Redis answers. */
    public void start() {
        loops().forEach(RedisLoop::start);
        journaling.forEach(RedisLoop::start);
    }

    /** Something has changed that frames may have waited for. */
    public void wake() {
        inbox.wake();
    }

    /** Why a loop cannot work at present. */
    public Optional<String> trouble() {
        return loops().map(RedisLoop::trouble).filter(Objects::nonNull).findFirst();
    }

    /** Why it is not written down what is done with frames; empty: it is, or is not to be. */
    public Optional<String> journalTrouble() {
        return journaling.stream().map(RedisLoop::trouble).filter(Objects::nonNull).findFirst();
    }

    /** What an operator should know of the capture stream; empty: nothing. */
    public Optional<String> captureAlert() {
        return captureMaintenance.alert();
    }

    /** What an operator should know of the instances; empty: nothing. */
    public Optional<String> instanceAlert() {
        return lease.alert();
    }

    /** Instance → what is wrong with it. */
    public Map<String, String> missingInstances() {
        return lease.missing();
    }

    /** That most frames of a capability fail; empty: they do not. */
    public Optional<String> floodAlert() {
        return failureRates.alert();
    }

    /** What an operator switches. */
    public OperatorSwitches control() {
        return control;
    }

    /** Which frames of which camera are worth sending. */
    public CameraPolicyStore policies() {
        return policies;
    }

    /** What producers are told. */
    public Backpressure pressure() {
        return pressure.view();
    }

    /** How many steps of frames were not written down. */
    public long dropped() {
        return journal.dropped();
    }

    /** How many frames wait, and more. */
    public PumpView view() {
        return pump.view();
    }

    /** Stops reading, finishes the hand-offs in progress, then stops the rest. What waits stays pending in its stream. */
    @Override
    public void close() {
        Stream.of(clearing, steering).flatMap(List::stream).forEach(RedisLoop::stop);
        // Little is given back, so that reader waits a while; captured frames go on meanwhile, and the next one ends the other's wait.
        givingBack.close();
        capturing.close();
        pumping.close();
        steering.forEach(RedisLoop::close);
        // Now another instance may go on, and frames wait for that.
        leasing.close();
        journaling.forEach(RedisLoop::close);
        placing.forEach(RedisLoop::close);
        clearing.forEach(RedisLoop::close);
    }

    private Stream<RedisLoop> loops() {
        return Stream.of(List.of(capturing, givingBack, pumping, leasing), placing, clearing, steering)
                .flatMap(List::stream);
    }
}
