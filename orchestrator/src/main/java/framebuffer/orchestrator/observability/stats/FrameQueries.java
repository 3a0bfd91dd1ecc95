package framebuffer.orchestrator.observability.stats;

import framebuffer.orchestrator.pipeline.routing.RoutingExplanation;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.FanOut;
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
}
