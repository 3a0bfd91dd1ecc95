package framebuffer.orchestrator.pipeline;

import framebuffer.orchestrator.cluster.membership.InstanceLease;
import framebuffer.orchestrator.flowcontrol.Freshness;
import framebuffer.orchestrator.flowcontrol.PressureMonitor;
import framebuffer.orchestrator.pipeline.Pump.PumpView;
import framebuffer.orchestrator.pipeline.intake.Inbox;
import framebuffer.orchestrator.pipeline.recovery.CaptureMaintenance;
import framebuffer.orchestrator.pipeline.recovery.FailureRateMonitor;
import framebuffer.orchestrator.pipeline.recovery.QueueRecovery;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.TaskLoop;
import framebuffer.redis.cluster.Partition;
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
import org.jspecify.annotations.Nullable;

/**
 * The loops that run while this instance serves a partition, in the order in which they start and stop.
 *
 * @param inbox
 *            what the readers have read ahead
 * @param pump
 *            the one thread that decides and hands off
 * @param reader
 *            the loop that reads the capture stream
 * @param returns
 *            the loop that reads the frames that processors gave back
 * @param pumping
 *            the loop of the pump
 * @param writing
 *            the loops that write what the pump decided: the journal, and the affinity table where the strategy is affinity
 * @param state
 *            switches, camera policies, last frames of cameras, pressure
 * @param maintenance
 *            recovery, sweep, capture stream, dead letters, pixels, deferred frames
 */
public record Pipeline(Inbox inbox, Pump pump, RedisLoop reader, RedisLoop returns, RedisLoop pumping, Writers writing,
        TaskLoop state, TaskLoop maintenance, Monitors monitors) implements AutoCloseable {

    /** The journal and its loop, and the loop of the affinity table; null: there is none. */
    public record Writers(JournalWriter journal, @Nullable RedisLoop journaling, @Nullable RedisLoop affinity) {
    }

    /** The parts that know whether something is wrong. */
    public record Monitors(PressureMonitor pressure, CaptureMaintenance capture, InstanceLease lease,
            FailureRateMonitor failures) {
    }

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
            Pump.PipelineLimits bounds, FlowControl steering, DeadLettering letters,
            JournalWriter.JournalRetention journal) {
        /** With the usual times for what is given up on. */
        public Settings(RedisAddress redis, Keys keys, String group, String instance, RoutingStrategy strategy,
                Pump.PipelineLimits bounds, FlowControl steering) {
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

    /** Who may be sent frames, and whose queues are to be emptied. */
    public interface ProcessorView extends QueueRecovery.QueueOwners {
        /** Those that may be sent frames; an equal list as long as nothing has changed. */
        List<Registration> available();

        /** Whether it is known who is there: before, that nobody is available says nothing. */
        boolean known();

        /** All whose queues may hold frames. */
        Collection<Registration> all();
    }

    /** Starts all loops. They begin as soon as Redis answers. */
    public void start() {
        state.start();
        maintenance.start();
        loops().forEach(RedisLoop::start);
    }

    private Stream<RedisLoop> loops() {
        return Stream.of(writing.affinity(), writing.journaling(), reader, returns, pumping).filter(Objects::nonNull);
    }

    /** Wakes the pump: something has changed that frames may have waited for. */
    public void wake() {
        inbox.wake();
    }

    /** Why frames do not flow at present; empty: they do. */
    public Optional<String> trouble() {
        return Stream.of(Stream.of(reader, returns, pumping, writing.affinity()).filter(Objects::nonNull)
                .map(RedisLoop::trouble).filter(Objects::nonNull), state.trouble().stream(),
                maintenance.trouble().stream()).flatMap(all -> all).findFirst();
    }

    /** Why the journal does not take down what is done with frames; empty: it does, or is switched off. */
    public Optional<String> journalTrouble() {
        return Optional.ofNullable(writing.journaling()).map(RedisLoop::trouble);
    }

    /** What an operator should know of the capture stream; empty: nothing. */
    public Optional<String> captureAlert() {
        return monitors.capture().alert();
    }

    /** What an operator should know of the instances; empty: nothing. */
    public Optional<String> instanceAlert() {
        return monitors.lease().alert();
    }

    /** Instance → what is wrong with it. */
    public Map<String, String> missingInstances() {
        return monitors.lease().missing();
    }

    /** That most frames of a capability fail; empty: they do not. */
    public Optional<String> floodAlert() {
        return monitors.failures().alert();
    }

    /** What producers are told. */
    public Backpressure pressure() {
        return monitors.pressure().view();
    }

    /** How many steps of frames the journal has dropped. */
    public long dropped() {
        return writing.journal().dropped();
    }

    /** The state of the pump. */
    public PumpView view() {
        return pump.view();
    }

    /**
     * Stops reading, and finishes the hand-offs in progress. Frames that wait stay pending in their stream, for this instance or for the one
     * that takes them over.
     */
    public void drain() {
        maintenance.stop();
        state.stop();
        // Little is given back, so that reader waits a while; captured frames go on meanwhile, and the next one ends the other's wait.
        returns.close();
        reader.close();
        pumping.close();
    }

    /** Stops all loops. */
    @Override
    public void close() {
        drain();
        state.close();
        Stream.of(writing.journaling(), writing.affinity()).filter(Objects::nonNull).forEach(RedisLoop::close);
        maintenance.close();
    }
}
