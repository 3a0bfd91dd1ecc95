package framebuffer.orchestrator.pipeline;

import framebuffer.orchestrator.cluster.membership.InstanceLease;
import framebuffer.orchestrator.flowcontrol.Freshness;
import framebuffer.orchestrator.flowcontrol.PressureMonitor;
import framebuffer.orchestrator.observability.results.ResultMaintenance.ResultRetention;
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
 * @param inbox deliveries that the readers have read ahead
 * @param pump the one thread that decides and hands off
 * @param reader reads the capture stream
 * @param returns reads the frames that processors gave back
 * @param pumping the loop of the pump
 * @param writing the loops that write the journal and, with the strategy affinity, the affinity table
 * @param state operator switches, camera policies, last frames of cameras, pressure
 * @param maintenance recovery, sweep, capture stream, dead letters, pixels, deferred frames
 */
public record Pipeline(Inbox inbox, Pump pump, RedisLoop reader, RedisLoop returns, RedisLoop pumping, Writers writing,
        TaskLoop state, TaskLoop maintenance, Monitors monitors) implements AutoCloseable {

    /**
     * Loops that write beside the flow of frames.
     *
     * @param journaling writes the journal; null: switched off
     * @param affinity the affinity table; null: switched off
     * @param pixels changes the time to live of pixels in a Redis of their own; null: they have none, {@code maintenance} does it
     */
    public record Writers(JournalWriter journal, @Nullable RedisLoop journaling, @Nullable RedisLoop affinity,
            @Nullable RedisLoop pixels) {
    }

    /** The parts that detect trouble. */
    public record Monitors(PressureMonitor pressure, CaptureMaintenance capture, InstanceLease lease,
            FailureRateMonitor failures) {
    }

    /**
     * Settings of the pipeline.
     *
     * @param redis the Redis of the streams
     * @param pixels the Redis of the pixels; null: the same
     * @param keys the names of the streams
     * @param group the consumer group that all instances share
     * @param instance name of this instance in the group; a process that restarts under it continues with its pending entries
     * @param strategy how a processor is chosen
     * @param bounds limits of all that could grow
     * @param steering freshness, camera policies and backpressure
     * @param letters when a frame becomes a dead letter, and how long it is kept
     * @param journal how long the steps of a frame are kept
     * @param results how many results are kept, and how long
     */
    public record Settings(RedisAddress redis, @Nullable RedisAddress pixels, Keys keys, String group, String instance,
            RoutingStrategy strategy,
            Pump.PipelineLimits bounds, FlowControl steering, DeadLettering letters,
            JournalWriter.JournalRetention journal, ResultRetention results) {
        /** Settings with the default dead-lettering. */
        public Settings(RedisAddress redis, Keys keys, String group, String instance, RoutingStrategy strategy,
                Pump.PipelineLimits bounds, FlowControl steering) {
            this(redis, null, keys, group, instance, strategy, bounds, steering, DeadLettering.DEFAULT,
                    JournalWriter.JournalRetention.DEFAULT, ResultRetention.DEFAULT);
        }

        /** The same settings for this partition. */
        public Settings in(Partition partition) {
            return new Settings(partition.redis(), pixels, partition.keys(), group, instance, strategy, bounds,
                    steering, letters, journal, results);
        }
    }

    /**
     * When frames become dead letters, and how long these are kept.
     *
     * @param unroutable how long a frame waits for a processor with its capability; zero: for ever
     * @param retention how long a dead letter is kept
     */
    public record DeadLettering(Duration unroutable, Duration retention) {
        public static final DeadLettering DEFAULT = new DeadLettering(Duration.ofSeconds(60), Duration.ofHours(24));
    }

    /**
     * Which frames are held back, and how producers are throttled.
     *
     * @param freshness the default camera policy
     * @param cameraPolicies most cameras with a policy of their own
     * @param pressureCheck interval between pressure checks
     * @param cameraRetention how long a silent camera is kept
     */
    public record FlowControl(Freshness freshness, int cameraPolicies, Duration pressureCheck,
            Duration cameraRetention) {
        public static final FlowControl DEFAULT = new FlowControl(Freshness.LOSSLESS, 10_000, Duration.ofMillis(50),
                Duration.ofHours(24));
    }

    /** The processors as the pipeline sees them. */
    public interface ProcessorView extends QueueRecovery.QueueOwners {
        /** Processors that may be sent frames; an equal list as long as nothing has changed. */
        List<Registration> available();

        /** Whether the registry has been read: before that, an empty list means nothing. */
        boolean known();

        /** Processors whose queues may hold frames. */
        Collection<Registration> all();
    }

    /** Starts all loops. They begin work as soon as Redis answers. */
    public void start() {
        state.start();
        maintenance.start();
        loops().forEach(RedisLoop::start);
    }

    private Stream<RedisLoop> loops() {
        return Stream.of(writing.affinity(), writing.journaling(), writing.pixels(), reader, returns, pumping)
                .filter(Objects::nonNull);
    }

    /** Wakes the pump because a condition that frames wait for may have changed. */
    public void wake() {
        inbox.wake();
    }

    /** The loops without which no frame flows. */
    private Stream<RedisLoop> flowing() {
        return Stream.of(reader, returns, pumping, writing.affinity()).filter(Objects::nonNull);
    }

    /** Whether all that moves frames has worked at least once. */
    public boolean hasBegun() {
        return flowing().allMatch(RedisLoop::hasWorked) && state.hasWorked() && maintenance.hasWorked();
    }

    /** Why frames do not flow; empty: they do, or have not begun to. */
    public Optional<String> trouble() {
        return Stream.of(flowing()
                .map(RedisLoop::trouble).filter(Objects::nonNull), state.trouble().stream(),
                maintenance.trouble().stream()).flatMap(all -> all).findFirst();
    }

    /** Why the journal does not record; empty: it records, or is switched off. */
    public Optional<String> journalTrouble() {
        return Optional.ofNullable(writing.journaling()).map(RedisLoop::trouble);
    }

    /** A problem of the capture stream for the operator; empty: none. */
    public Optional<String> captureAlert() {
        return monitors.capture().alert();
    }

    /** A problem of the instances for the operator; empty: none. */
    public Optional<String> instanceAlert() {
        return monitors.lease().alert();
    }

    /** Missing instance → what is wrong with it. */
    public Map<String, String> missingInstances() {
        return monitors.lease().missing();
    }

    /** Reports that most frames of a capability fail; empty: they do not. */
    public Optional<String> floodAlert() {
        return monitors.failures().alert();
    }

    /** The backpressure that producers read. */
    public Backpressure pressure() {
        return monitors.pressure().view();
    }

    /** Steps that the journal has dropped so far. */
    public long dropped() {
        return writing.journal().dropped();
    }

    /** The state of the pump. */
    public PumpView view() {
        return pump.view();
    }

    /**
     * Stops reading, and finishes the hand-offs in progress. Waiting frames stay pending in their stream, for this instance or for the next
     * owner.
     */
    public void drain() {
        maintenance.stop();
        state.stop();
        // Few frames are given back, so closing this reader can take its whole wait; the other reader stops at its next frame.
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
        if (writing.pixels() != null) {
            writing.pixels().close();
        }
    }
}
