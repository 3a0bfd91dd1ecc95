package framebuffer.orchestrator.observability.stats;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.observability.stats.FrameRates.CompletionPace;
import framebuffer.orchestrator.observability.stats.Ledger.LedgerCounts;
import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.orchestrator.processors.registry.RegistrySnapshot;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.FanOut;
import framebuffer.redis.cluster.InPartition;
import framebuffer.redis.cluster.RedisClock;
import framebuffer.redis.frames.BacklogReader;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.tables.PictureStore;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.Finding;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Answers questions about frames with figures that it reads from all partitions at that moment. For any thread; each call opens its own
 * connections.
 *
 * <p>
 * All methods throw {@link RedisUnavailable} when Redis is away, and {@link RedisRefused} when it refuses. The overview shows the reachable
 * partitions; the other answers need all of them.
 */
public final class FrameQueries {
    private final List<InPartition<Registry>> partitions;
    private final String group;
    private final Supplier<BacklogSnapshot.WindowBacklog> window;
    private final FrameRates rates;
    private final RedisClock clock;

    /**
     * @param group our group on the capture streams
     * @param window frames that wait in this instance
     */
    public FrameQueries(List<InPartition<Registry>> partitions, String group,
            Supplier<BacklogSnapshot.WindowBacklog> window,
            FrameRates rates, RedisClock clock) {
        this.partitions = List.copyOf(partitions);
        this.group = group;
        this.window = window;
        this.rates = rates;
        this.clock = clock;
    }

    /** The ledger. */
    public Ledger ledger() {
        return Ledger.sum(FanOut.all(partitions, one -> {
            RegistrySnapshot registered = one.service().read();
            return one.partition().ask(redis -> ledger(redis, one.keys(), registered));
        }));
    }

    /** A summary of the cluster's figures. */
    public FrameStats stats() {
        record Counted(Instant at, LedgerCounts total, List<QueueState> queues) {
        }
        List<Counted> each = FanOut.all(partitions, one -> {
            RegistrySnapshot registered = one.service().read();
            return one.partition().ask(redis -> new Counted(clock.now(redis),
                    ledger(redis, one.keys(), registered).total(), backlog(redis, one.keys(), registered).queues()));
        });
        LedgerCounts total = each.stream().map(Counted::total).reduce(LedgerCounts.NONE, LedgerCounts::plus);
        return new FrameStats(total, rates.completed(each.getFirst().at(), total.done()),
                QueueState.sum(each.stream().flatMap(one -> one.queues().stream()).toList()));
    }

    /** Where frames wait. */
    public BacklogSnapshot backlogs() {
        return BacklogSnapshot.sum(FanOut.all(partitions, one -> {
            RegistrySnapshot registered = one.service().read();
            return one.partition().ask(redis -> backlog(redis, one.keys(), registered));
        }), window.get());
    }

    /**
     * All figures at one moment, for the page.
     *
     * @param completedPerSecond see {@link FrameRates}
     * @param pace speed of each processor, and latency
     * @param pictures the detectors' pictures
     */
    public record FrameOverview(Instant at, Ledger ledger, double completedPerSecond, CompletionPace pace,
            BacklogSnapshot backlogs, FlowCounts flows, Map<CameraNeed, Finding> pictures) {
        public FrameOverview {
            pictures = Map.copyOf(pictures);
        }
    }

    /** All figures of the reachable partitions. For a while after each call, detectors provide pictures. */
    public FrameOverview overview() {
        record Overview(Instant at, Ledger ledger, BacklogSnapshot.PartitionBacklog backlog, FlowCounts flows,
                Map<CameraNeed, Finding> pictures) {
        }
        List<Overview> each = FanOut.reachable(partitions, one -> {
            RegistrySnapshot registered = one.service().read();
            return one.partition().ask(redis -> {
                Instant now = clock.now(redis);
                Ledger ledger = ledger(redis, one.keys(), registered);
                PictureStore.want(redis, one.keys());
                return new Overview(now, ledger, backlog(redis, one.keys(), registered),
                        FlowCounts.read(redis, one.keys(), now), PictureStore.list(redis, one.keys()));
            });
        });
        Ledger ledger = Ledger.sum(each.stream().map(Overview::ledger).toList());
        Instant now = each.getFirst().at();
        Map<CameraNeed, Finding> pictures = new HashMap<>();
        each.forEach(one -> pictures.putAll(one.pictures()));
        return new FrameOverview(now, ledger, rates.completed(now, ledger.total().done()), rates.pace(),
                BacklogSnapshot.sum(each.stream().map(Overview::backlog).toList(), window.get()),
                FlowCounts.sum(each.stream().map(Overview::flows).toList()), pictures);
    }

    /** Registrations must be newer than any hand-off: another instance may just have sent frames to a new processor. */
    private Ledger ledger(RedisConnection redis, Keys keys, RegistrySnapshot registered) {
        return Ledger.of(LedgerReader.read(redis, keys, group,
                registered.withQueues().stream().map(one -> keys.queue(one.queue())).toList()));
    }

    private BacklogSnapshot.PartitionBacklog backlog(RedisConnection redis, Keys keys, RegistrySnapshot registered) {
        BacklogReader.BacklogReading reading = BacklogReader.read(redis, keys, group,
                registered.all().stream().map(one -> keys.queue(one.registration().queue())).toList());
        return new BacklogSnapshot.PartitionBacklog(reading.capture(), registered.all().stream()
                .map(one -> new QueueState(one.registration(),
                        Objects.requireNonNull(reading.queues().get(keys.queue(one.registration().queue())))))
                .toList());
    }

    /**
     * Where frames wait.
     *
     * @param capture in the capture streams
     * @param window in this instance's window
     * @param queues of the registered processors
     */
    public record BacklogSnapshot(BacklogReader.CaptureBacklog capture, WindowBacklog window, List<QueueState> queues) {
        public BacklogSnapshot {
            queues = List.copyOf(queues);
        }

        /**
         * Frames in this instance's window.
         *
         * @param limit most frames there
         */
        public record WindowBacklog(int frames, int limit) {
        }

        /** Frames that wait in the streams of one partition. */
        record PartitionBacklog(BacklogReader.CaptureBacklog capture, List<QueueState> queues) {
        }

        static BacklogSnapshot sum(List<PartitionBacklog> each, WindowBacklog window) {
            return new BacklogSnapshot(each.stream().map(PartitionBacklog::capture)
                    .reduce(BacklogReader.CaptureBacklog::plus).orElseThrow(), window,
                    QueueState.sum(each.stream().flatMap(one -> one.queues().stream()).toList()));
        }

        /** As JSON, in the form of {@code GET /frames/backlogs}. */
        public ObjectNode json() {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.putObject("capture").put("length", capture.length()).put("pending", capture.pending())
                    .put("backlog", capture.backlog()).put("oldest_age_seconds", capture.oldest().toMillis() / 1_000.0);
            json.putObject("window").put("frames", window.frames()).put("limit", window.limit());
            ArrayNode list = json.putArray("processors");
            queues.forEach(queue -> list.addObject().put("processor_id", queue.processor().id())
                    .put("length", queue.waits().length()).put("pending", queue.waits().pending())
                    .put("outstanding", queue.outstanding()).put("capacity", queue.processor().capacity())
                    .put("utilization", queue.utilization()));
            return json;
        }
    }

    /**
     * A summary of the cluster's figures.
     *
     * @param counts captured and ended frames
     * @param ratePerSecond frames completed per second, see {@link FrameRates}
     * @param queues of the registered processors
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
