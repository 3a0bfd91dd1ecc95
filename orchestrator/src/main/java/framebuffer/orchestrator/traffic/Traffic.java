package framebuffer.orchestrator.traffic;

import framebuffer.orchestrator.journey.Flows;
import framebuffer.orchestrator.ledger.Counts;
import framebuffer.orchestrator.ledger.Ledger;
import framebuffer.orchestrator.routing.Explanation;
import framebuffer.streams.RedisRefused;
import framebuffer.streams.RedisUnavailable;
import framebuffer.streams.partition.Everywhere;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.EntryId;
import framebuffer.wire.Fields;
import framebuffer.wire.Partitioning;
import framebuffer.wire.frame.Finding;
import framebuffer.wire.frame.Frame;
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
public final class Traffic {
    private final Partitioning partitioning;
    private final List<PartitionTraffic> all;
    private final Rates rates;
    private final InstantSource clock;

    /**
     * @param all
     *            of each partition, in order
     */
    public Traffic(Partitioning partitioning, List<PartitionTraffic> all, Rates rates, InstantSource clock) {
        this.partitioning = partitioning;
        this.all = List.copyOf(all);
        this.rates = rates;
        this.clock = clock;
    }

    /** What became of every frame. */
    public Ledger ledger() {
        return Ledger.sum(Everywhere.ask(all, PartitionTraffic::ledger));
    }

    /** The figures of the whole cluster. */
    public Stats stats() {
        List<PartitionTraffic.Figures> each = Everywhere.ask(all, PartitionTraffic::figures);
        Counts total = each.stream().map(PartitionTraffic.Figures::counts).reduce(Counts.NONE, Counts::plus);
        return new Stats(total, rates.completed(clock.instant(), total.done()),
                QueueState.sum(each.stream().flatMap(one -> one.queues().stream()).toList()));
    }

    /**
     * All of it at one moment, for those who look at everything.
     *
     * @param completedPerSecond
     *            see {@link Rates}
     * @param pace
     *            how fast each processor is, and how long frames take
     * @param pictures
     *            of what there is a picture to be seen
     */
    public record Standing(Instant at, Ledger ledger, double completedPerSecond, Pace pace, Backlogs backlogs,
            Flows flows, Map<CameraNeed, Finding> pictures) {
        public Standing {
            pictures = Map.copyOf(pictures);
        }
    }

    /** All of it, as it stands now, in the partitions that answer. While somebody asks for it, detectors show what they see. */
    public Standing standing() {
        List<PartitionTraffic.Standing> each = Everywhere.whereItAnswers(all, PartitionTraffic::standing);
        Ledger ledger = Ledger.sum(each.stream().map(PartitionTraffic.Standing::ledger).toList());
        Instant now = each.getFirst().at();
        Map<CameraNeed, Finding> pictures = new HashMap<>();
        each.forEach(one -> pictures.putAll(one.pictures()));
        return new Standing(now, ledger, rates.completed(now, ledger.total().done()), rates.pace(),
                Backlogs.sum(each.stream().map(PartitionTraffic.Standing::backlogs).toList()),
                Flows.sum(each.stream().map(PartitionTraffic.Standing::flows).toList()), pictures);
    }

    /** What waits, where; the window is that of this instance. */
    public Backlogs backlogs() {
        return Backlogs.sum(Everywhere.ask(all, PartitionTraffic::backlogs));
    }

    /** Where this frame would go, and why; nothing is changed by asking. */
    public Explanation explain(Frame frame) {
        return of(frame.cameraId(), one -> one.explain(frame));
    }

    /** Puts a frame on the capture stream of its camera's partition, as a producer does; answers its id there. */
    public EntryId capture(String cameraId, Fields fields) {
        return of(cameraId, one -> one.capture(fields));
    }

    private <T> T of(String cameraId, Function<PartitionTraffic, T> question) {
        return question.apply(all.get(partitioning.of(cameraId)));
    }
}
