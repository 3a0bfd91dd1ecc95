package framebuffer.app.query;

import framebuffer.app.config.FlagOnly;
import framebuffer.app.help.Essential;
import framebuffer.app.help.OptionGroup;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.LogOptions;
import framebuffer.app.terminal.RedisOptions;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.FanOut;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.frames.LedgerReconciliation;
import framebuffer.redis.frames.QueueDiscovery;
import framebuffer.redis.handoff.HandOff;
import framebuffer.wire.Keys;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Reads and corrects the ledger of all partitions in Redis, with or without a running service. */
@OptionGroup("Ledger")
final class LedgerFigures {
    /** Each step corrects a bounded number of frames. */
    private static final int MOST_STEPS = 1_000;

    @Essential
    @FlagOnly
    @Option(names = "--json", description = "Prints the ledger as JSON.")
    private boolean json;

    @Option(names = "--consumer-group", paramLabel = "NAME", defaultValue = "frame-buffer-v2", description = "The service's consumer group on the capture stream. Default: ${DEFAULT-VALUE}.")
    private String consumerGroup = "frame-buffer-v2";

    @Mixin
    private final LogOptions logging = new LogOptions();

    @Mixin
    private final RedisOptions redis = new RedisOptions();

    boolean isJson() {
        return json;
    }

    /**
     * An operation on all partitions.
     *
     * @throws CannotRun when Redis does not answer
     */
    <T> List<T> ask(Function<Partition, T> question) {
        logging.apply();
        RedisAddress address = redis.givenOrRunning();
        try {
            return FanOut.all(redis.on(address).all(), question);
        } catch (RedisUnavailable | RedisRefused e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }

    Ledger ledger() {
        return Ledger.sum(ask(partition -> {
            Keys keys = partition.keys();
            return partition.ask(redis -> Ledger.of(LedgerReader.read(redis, keys, consumerGroup,
                    List.copyOf(QueueDiscovery.read(redis, keys).keySet()))));
        }));
    }

    /** The corrections, the newest last. */
    List<LedgerReconciliation.RecordedChange> changes() {
        return ask(partition -> partition.ask(redis -> LedgerReconciliation.kept(redis, partition.keys()))).stream()
                .flatMap(List::stream).sorted(Comparator.comparing(LedgerReconciliation.RecordedChange::at))
                .toList();
    }

    /** Corrects the ledger, or only returns the corrections that are due. */
    List<LedgerReconciliation.Change> settle(LedgerReconciliation.ReconcileDepth by) {
        return ask(partition -> {
            Keys keys = partition.keys();
            List<LedgerReconciliation.Change> changes = new ArrayList<>();
            try (RedisConnection one = RedisConnection.open(partition.redis())) {
                LedgerReconciliation.LedgerScope where = new LedgerReconciliation.LedgerScope(keys, consumerGroup,
                        HandOff.HandOffLimits.DEFAULT.ledgerFields(), QueueDiscovery.read(one, keys));
                LedgerReconciliation step = LedgerReconciliation.settle(one, where, by);
                changes.addAll(step.changes());
                for (int i = 0; step.more() && by != LedgerReconciliation.ReconcileDepth.NOBODY
                        && i < MOST_STEPS; i++) {
                    step = LedgerReconciliation.settle(one, where, by);
                    changes.addAll(step.changes());
                }
            }
            return changes;
        }).stream().flatMap(List::stream).toList();
    }
}
