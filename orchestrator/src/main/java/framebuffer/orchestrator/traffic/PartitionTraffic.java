package framebuffer.orchestrator.traffic;

import framebuffer.orchestrator.journey.Flows;
import framebuffer.orchestrator.ledger.Counts;
import framebuffer.orchestrator.ledger.Ledger;
import framebuffer.orchestrator.registry.Processor;
import framebuffer.orchestrator.registry.Registry;
import framebuffer.orchestrator.registry.RegistrySnapshot;
import framebuffer.orchestrator.routing.Assignments;
import framebuffer.orchestrator.routing.Explanation;
import framebuffer.orchestrator.routing.Explanation.Contender;
import framebuffer.orchestrator.routing.Explanation.Question;
import framebuffer.orchestrator.routing.RoutingStrategy;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.Replies;
import framebuffer.streams.figures.BacklogReader;
import framebuffer.streams.figures.LedgerReader;
import framebuffer.streams.partition.Partition;
import framebuffer.streams.shared.PictureBoard;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.EntryId;
import framebuffer.wire.Fields;
import framebuffer.wire.frame.Finding;
import framebuffer.wire.frame.Frame;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** {@link Traffic} of one partition. */
public final class PartitionTraffic {
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
            int maxCameras, Function<RedisConnection, Assignments> assignments) {
    }

    /**
     * @param inWindow
     *            how many frames wait in this instance's window
     */
    public PartitionTraffic(Settings settings, Registry registry, IntSupplier inWindow, InstantSource clock) {
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
    Figures figures() {
        RegistrySnapshot there = registry.read();
        try (RedisConnection redis = open()) {
            return new Figures(ledger(redis, there).total(), queues(there, waiting(redis, there)));
        }
    }

    /** See {@link #figures}. */
    record Figures(Counts counts, List<QueueState> queues) {
    }

    /** All of it, as it stands now. While somebody asks for it, detectors show what they see. */
    Standing standing() {
        RegistrySnapshot there = registry.read();
        Instant now = clock.instant();
        try (RedisConnection redis = open()) {
            Ledger ledger = ledger(redis, there);
            PictureBoard.want(redis, settings.partition().keys());
            return new Standing(now, ledger, backlogs(there, waiting(redis, there)),
                    Flows.read(redis, settings.partition().keys(), now),
                    PictureBoard.list(redis, settings.partition().keys()));
        }
    }

    /** See {@link Traffic.Standing}. */
    record Standing(Instant at, Ledger ledger, Backlogs backlogs, Flows flows, Map<CameraNeed, Finding> pictures) {
    }

    /** What waits, where; the window is that of this instance. */
    Backlogs backlogs() {
        RegistrySnapshot there = registry.read();
        return backlogs(there, waiting(there));
    }

    private Backlogs backlogs(RegistrySnapshot there, BacklogReader.Reading reading) {
        return new Backlogs(reading.capture(), inWindow.getAsInt(), settings.window(), queues(there, reading));
    }

    /** Where this frame would go, and why; nothing is changed by asking. */
    Explanation explain(Frame frame) {
        RegistrySnapshot there = registry.read();
        BacklogReader.Reading reading = waiting(there);
        List<Contender> contenders = there.all().stream().map(processor -> new Contender(there.atPresent(processor),
                barred(processor), Objects.requireNonNull(reading.queues().get(key(processor))).outstanding()))
                .toList();
        return Explanation.of(new Question(settings.strategy(), frame.cameraId(), frame.capabilities(), assignments(),
                settings.maxCameras()), contenders);
    }

    private Assignments assignments() {
        if (settings.strategy() != RoutingStrategy.AFFINITY) {
            return Assignments.UNREAD;
        }
        try (RedisConnection redis = open()) {
            return settings.assignments().apply(redis);
        }
    }

    private static @Nullable String barred(Processor processor) {
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

    private BacklogReader.Reading waiting(RegistrySnapshot there) {
        try (RedisConnection redis = open()) {
            return waiting(redis, there);
        }
    }

    private BacklogReader.Reading waiting(RedisConnection redis, RegistrySnapshot there) {
        return BacklogReader.read(redis, settings.partition().keys(), settings.group(),
                there.all().stream().map(this::key).toList());
    }

    private List<QueueState> queues(RegistrySnapshot there, BacklogReader.Reading reading) {
        return there.all().stream().map(processor -> new QueueState(processor.registration(),
                Objects.requireNonNull(reading.queues().get(key(processor))))).toList();
    }

    private String key(Processor processor) {
        return settings.partition().keys().queue(processor.registration().queue());
    }

    private RedisConnection open() {
        return RedisConnection.open(settings.partition().redis());
    }
}
