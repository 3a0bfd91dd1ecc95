package framebuffer.orchestrator.observability.stats;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.observability.stats.FrameRates.CompletionPace;
import framebuffer.orchestrator.observability.stats.Ledger.LedgerCounts;
import framebuffer.orchestrator.pipeline.routing.RoutingExplanation;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.FanOut;
import framebuffer.redis.frames.BacklogReader;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.EntryId;
import framebuffer.wire.Partitioning;
import framebuffer.wire.frame.Finding;
import framebuffer.wire.frame.Frame;
import framebuffer.wire.text.Fields;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Answers what is asked about frames, as of now: everything is read anew, in all partitions. From any thread; each call has connections
 * of its own.
 *
 * <p>
 * All methods throw {@link RedisUnavailable} when Redis is away, and {@link RedisRefused} when it refuses. What is told exactly or not at
 * all needs all partitions; {@link #standing} shows those that answer.
 */
public final class FrameQueries {
    private final Partitioning partitioning;
    private final List<PartitionQueries> all;
    private final FrameRates rates;
    private final InstantSource clock;

    /**
     * @param all
     *            of each partition, in order
     */
    public FrameQueries(Partitioning partitioning, List<PartitionQueries> all, FrameRates rates, InstantSource clock) {
        this.partitioning = partitioning;
        this.all = List.copyOf(all);
        this.rates = rates;
        this.clock = clock;
    }

    /** What became of every frame. */
    public Ledger ledger() {
        return Ledger.sum(FanOut.ask(all, PartitionQueries::ledger));
    }

    /** The figures of the whole cluster. */
    public FrameStats stats() {
        List<PartitionQueries.PartitionCounts> each = FanOut.ask(all, PartitionQueries::figures);
        LedgerCounts total = each.stream().map(PartitionQueries.PartitionCounts::counts).reduce(LedgerCounts.NONE,
                LedgerCounts::plus);
        return new FrameStats(total, rates.completed(clock.instant(), total.done()),
                QueueState.sum(each.stream().flatMap(one -> one.queues().stream()).toList()));
    }

    /**
     * All of it at one moment, for those who look at everything.
     *
     * @param completedPerSecond
     *            see {@link FrameRates}
     * @param pace
     *            how fast each processor is, and how long frames take
     * @param pictures
     *            of what there is a picture to be seen
     */
    public record FrameOverview(Instant at, Ledger ledger, double completedPerSecond, CompletionPace pace,
            BacklogSnapshot backlogs,
            FlowCounts flows, Map<CameraNeed, Finding> pictures) {
        public FrameOverview {
            pictures = Map.copyOf(pictures);
        }
    }

    /** All of it, as it stands now, in the partitions that answer. While somebody asks for it, detectors show what they see. */
    public FrameOverview standing() {
        List<PartitionQueries.PartitionOverview> each = FanOut.whereItAnswers(all, PartitionQueries::standing);
        Ledger ledger = Ledger.sum(each.stream().map(PartitionQueries.PartitionOverview::ledger).toList());
        Instant now = each.getFirst().at();
        Map<CameraNeed, Finding> pictures = new HashMap<>();
        each.forEach(one -> pictures.putAll(one.pictures()));
        return new FrameOverview(now, ledger, rates.completed(now, ledger.total().done()), rates.pace(),
                BacklogSnapshot.sum(each.stream().map(PartitionQueries.PartitionOverview::backlogs).toList()),
                FlowCounts.sum(each.stream().map(PartitionQueries.PartitionOverview::flows).toList()), pictures);
    }

    /** What waits, where; the window is that of this instance. */
    public BacklogSnapshot backlogs() {
        return BacklogSnapshot.sum(FanOut.ask(all, PartitionQueries::backlogs));
    }

    /** Where this frame would go, and why; nothing is changed by asking. */
    public RoutingExplanation explain(Frame frame) {
        return of(frame.cameraId(), one -> one.explain(frame));
    }

    /** Puts a frame on the capture stream of its camera's partition, as a producer does; answers its id there. */
    public EntryId capture(String cameraId, Fields fields) {
        return of(cameraId, one -> one.capture(fields));
    }

    private <T> T of(String cameraId, Function<PartitionQueries, T> question) {
        return question.apply(all.get(partitioning.of(cameraId)));
    }

    /**
     * What waits, where.
     *
     * @param capture
     *            in the capture stream
     * @param windowFrames
     *            in this instance's window
     * @param windowLimit
     *            how many may wait there
     * @param queues
     *            of the registered processors
     */
    public record BacklogSnapshot(BacklogReader.CaptureBacklog capture, int windowFrames, int windowLimit,
            List<QueueState> queues) {
        public BacklogSnapshot {
            queues = List.copyOf(queues);
        }

        /** Those of several partitions together. */
        static BacklogSnapshot sum(List<BacklogSnapshot> each) {
            return each.size() == 1
                    ? each.getFirst()
                    : new BacklogSnapshot(
                            each.stream().map(BacklogSnapshot::capture).reduce(BacklogReader.CaptureBacklog::plus)
                                    .orElseThrow(),
                            each.stream().mapToInt(BacklogSnapshot::windowFrames).sum(),
                            each.stream().mapToInt(BacklogSnapshot::windowLimit).sum(),
                            QueueState.sum(each.stream().flatMap(one -> one.queues().stream()).toList()));
        }

        /** As JSON, in the form of {@code GET /frames/backlogs}. */
        public ObjectNode json() {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.putObject("capture").put("length", capture.length()).put("pending", capture.pending())
                    .put("backlog", capture.backlog()).put("oldest_age_seconds", capture.oldest().toMillis() / 1_000.0);
            json.putObject("window").put("frames", windowFrames).put("limit", windowLimit);
            ArrayNode list = json.putArray("processors");
            queues.forEach(queue -> list.addObject().put("processor_id", queue.processor().id())
                    .put("length", queue.waits().length()).put("pending", queue.waits().pending())
                    .put("outstanding", queue.outstanding()).put("capacity", queue.processor().capacity())
                    .put("utilization", queue.utilization()));
            return json;
        }
    }

    /**
     * The figures of the whole cluster in short.
     *
     * @param counts
     *            frames captured, and how they ended
     * @param ratePerSecond
     *            frames completed per second, see {@link FrameRates}
     * @param queues
     *            of the registered processors
     */
    public record FrameStats(LedgerCounts counts, double ratePerSecond, List<QueueState> queues) {
        public FrameStats {
            queues = List.copyOf(queues);
        }

        /** As JSON, in the form of {@code GET /frames/stats}. */
        public ObjectNode json() {
            ObjectNode json = JsonNodeFactory.instance.objectNode().put("captured", counts.captured())
                    .put("completed", counts.done())
                    .put("shed", counts.shed().values().stream().mapToLong(Long::longValue).sum())
                    .put("dead", counts.dead()).put("lost", counts.lost()).put("in_flight", counts.inFlight())
                    .put("rate_per_second", Math.round(ratePerSecond * 1_000) / 1_000.0);
            ObjectNode byProcessor = json.putObject("queues");
            queues.forEach(queue -> byProcessor.putObject(queue.processor().id()).put("length", queue.waits().length())
                    .put("pending", queue.waits().pending()));
            return json;
        }
    }
}
