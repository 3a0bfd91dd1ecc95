package framebuffer.orchestrator.observability.stats;

import framebuffer.orchestrator.observability.stats.FrameQueries.BacklogSnapshot;
import framebuffer.orchestrator.observability.stats.Ledger.LedgerCounts;
import framebuffer.orchestrator.pipeline.routing.CameraAssignments;
import framebuffer.orchestrator.pipeline.routing.RoutingExplanation;
import framebuffer.orchestrator.pipeline.routing.RoutingExplanation.Contender;
import framebuffer.orchestrator.pipeline.routing.RoutingExplanation.RoutingQuery;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.orchestrator.processors.registry.RegistrySnapshot;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.frames.BacklogReader;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.tables.PictureStore;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.Finding;
import framebuffer.wire.frame.Frame;
import framebuffer.wire.text.Fields;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** {@link FrameQueries} of one partition. */
public final class PartitionQueries {
    private final Settings settings;
    private final Registry registry;
    private final IntSupplier inWindow;
    private final InstantSource clock;

    /**
     * Where frames go.
     *
     * @param partition
     *            where the streams are
     * @param group
     *            ours on the capture stream
     * @param strategy
     *            how a processor is chosen
     * @param window
     *            how many frames may wait in this instance's window
     * @param maxCameras
     *            of how many cameras the processor is remembered, if they keep their processors
     * @param assignments
     *            reads which processor each camera has
     */
    public record Settings(Partition partition, String group, RoutingStrategy strategy, int window,
            int maxCameras, Function<RedisConnection, CameraAssignments> assignments) {
    }

    /**
     * @param inWindow
     *            how many frames wait in this instance's window
     */
    public PartitionQueries(Settings settings, Registry registry, IntSupplier inWindow, InstantSource clock) {
        this.settings = settings;
        this.registry = registry;
        this.inWindow = inWindow;
        this.clock = clock;
    }

    /** What became of every frame. */
    Ledger ledger() {
        // Read anew: another instance may just have sent frames to a processor that we do not know yet.
        RegistrySnapshot there = registry.read();
        try (RedisConnection redis = open()) {
            return ledger(redis, there);
        }
    }

    private Ledger ledger(RedisConnection redis, RegistrySnapshot there) {
        List<String> queues = there.withQueues().stream()
                .map(registration -> settings.partition().keys().queue(registration.queue())).toList();
        return Ledger.of(LedgerReader.read(redis, settings.partition().keys(), settings.group(), queues));
    }

    /** Frames captured and how they ended, and what waits in the queues. */
    PartitionCounts figures() {
        RegistrySnapshot there = registry.read();
        try (RedisConnection redis = open()) {
            return new PartitionCounts(ledger(redis, there).total(), queues(there, waiting(redis, there)));
        }
    }

    /** See {@link #figures}. */
    record PartitionCounts(LedgerCounts counts, List<QueueState> queues) {
    }

    /** All of it, as it stands now. While somebody asks for it, detectors show what they see. */
    PartitionOverview standing() {
        RegistrySnapshot there = registry.read();
        Instant now = clock.instant();
        try (RedisConnection redis = open()) {
            Ledger ledger = ledger(redis, there);
            PictureStore.want(redis, settings.partition().keys());
            return new PartitionOverview(now, ledger, backlogs(there, waiting(redis, there)),
                    FlowCounts.read(redis, settings.partition().keys(), now),
                    PictureStore.list(redis, settings.partition().keys()));
        }
    }

    /** See {@link FrameQueries.FrameOverview}. */
    record PartitionOverview(Instant at, Ledger ledger, BacklogSnapshot backlogs, FlowCounts flows,
            Map<CameraNeed, Finding> pictures) {
    }

    /** What waits, where; the window is that of this instance. */
    BacklogSnapshot backlogs() {
        RegistrySnapshot there = registry.read();
        return backlogs(there, waiting(there));
    }

    private BacklogSnapshot backlogs(RegistrySnapshot there, BacklogReader.BacklogReading reading) {
        return new BacklogSnapshot(reading.capture(), inWindow.getAsInt(), settings.window(), queues(there, reading));
    }

    /** Where this frame would go, and why; nothing is changed by asking. */
    RoutingExplanation explain(Frame frame) {
        RegistrySnapshot there = registry.read();
        BacklogReader.BacklogReading reading = waiting(there);
        List<Contender> contenders = there.all().stream().map(processor -> new Contender(there.atPresent(processor),
                barred(processor), outstanding(Objects.requireNonNull(reading.queues().get(key(processor))))))
                .toList();
        return RoutingExplanation
                .of(new RoutingQuery(settings.strategy(), frame.cameraId(), frame.capabilities(), assignments(),
                        settings.maxCameras()), contenders);
    }

    private static OptionalLong outstanding(BacklogReader.QueueBacklog queue) {
        return queue.isThere() ? OptionalLong.of(queue.outstanding()) : OptionalLong.empty();
    }

    private CameraAssignments assignments() {
        if (settings.strategy() != RoutingStrategy.AFFINITY) {
            return CameraAssignments.UNREAD;
        }
        try (RedisConnection redis = open()) {
            return settings.assignments().apply(redis);
        }
    }

    private static @Nullable String barred(RegisteredProcessor processor) {
        if (processor.draining()) {
            return "is draining: it gets no new frames";
        }
        return processor.available() ? null : "is unhealthy: " + processor.health().reason();
    }

    /** Puts a frame on the capture stream, as a producer does; answers its id there. */
    EntryId capture(Fields fields) {
        List<Object> line = new ArrayList<>(List.of(settings.partition().keys().capture(), "*"));
        line.addAll(fields.flat());
        try (RedisConnection redis = open()) {
            return EntryId.parse(Replies.text(redis.call("XADD", line.toArray())));
        }
    }

    private BacklogReader.BacklogReading waiting(RegistrySnapshot there) {
        try (RedisConnection redis = open()) {
            return waiting(redis, there);
        }
    }

    private BacklogReader.BacklogReading waiting(RedisConnection redis, RegistrySnapshot there) {
        return BacklogReader.read(redis, settings.partition().keys(), settings.group(),
                there.all().stream().map(this::key).toList());
    }

    private List<QueueState> queues(RegistrySnapshot there, BacklogReader.BacklogReading reading) {
        return there.all().stream().map(processor -> new QueueState(processor.registration(),
                Objects.requireNonNull(reading.queues().get(key(processor))))).toList();
    }

    private String key(RegisteredProcessor processor) {
        return settings.partition().keys().queue(processor.registration().queue());
    }

    private RedisConnection open() {
        return RedisConnection.open(settings.partition().redis());
    }
}
