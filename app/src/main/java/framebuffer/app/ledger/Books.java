package framebuffer.app.ledger;

import framebuffer.app.keys.FlagOnly;
import framebuffer.app.settings.LogOptions;
import framebuffer.app.settings.RedisOptions;
import framebuffer.app.settings.Unusable;
import framebuffer.orchestrator.ledger.Ledger;
import framebuffer.streams.RedisAddress;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisRefused;
import framebuffer.streams.RedisUnavailable;
import framebuffer.streams.figures.KnownQueues;
import framebuffer.streams.figures.LedgerReader;
import framebuffer.streams.figures.Settlement;
import framebuffer.streams.handoff.HandOff;
import framebuffer.streams.partition.Everywhere;
import framebuffer.streams.partition.Partition;
import framebuffer.wire.Keys;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The ledger as it stands in Redis, of all partitions, whether a service runs or not. */
final class Books {
    /** Each step settles a bounded number of frames. */
    private static final int MOST_STEPS = 1_000;

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
     * What is done with all partitions.
     *
     * @throws Unusable
     *             when Redis does not answer
     */
    <T> List<T> ask(Function<Partition, T> question) {
        logging.apply();
        RedisAddress address = redis.givenOrRunning();
        try {
            return Everywhere.ask(redis.on(address).all(), question);
        } catch (RedisUnavailable | RedisRefused e) {
            throw new Unusable(String.valueOf(e.getMessage()), e);
        }
    }

    Ledger ledger() {
        return Ledger.sum(ask(partition -> {
            Keys keys = partition.keys();
            try (RedisConnection one = RedisConnection.open(partition.redis())) {
                return Ledger.of(LedgerReader.read(one, keys, consumerGroup,
                        List.copyOf(KnownQueues.read(one, keys).keySet())));
            }
        }));
    }

    /** What was settled, newest last. */
    List<Settlement.Kept> changes() {
        return ask(partition -> {
            try (RedisConnection one = RedisConnection.open(partition.redis())) {
                return Settlement.kept(one, partition.keys());
            }
        }).stream().flatMap(List::stream).sorted(Comparator.comparing(Settlement.Kept::at)).toList();
    }

    /** Settles all there is to settle; or only says what that would be. */
    List<Settlement.Change> settle(Settlement.By by) {
        return ask(partition -> {
            Keys keys = partition.keys();
            List<Settlement.Change> changes = new ArrayList<>();
            try (RedisConnection one = RedisConnection.open(partition.redis())) {
                Settlement.Where where = new Settlement.Where(keys, consumerGroup,
                        HandOff.Limits.DEFAULT.ledgerFields(), KnownQueues.read(one, keys));
                Settlement step = Settlement.settle(one, where, by);
                changes.addAll(step.changes());
                for (int i = 0; step.more() && by != Settlement.By.NOBODY && i < MOST_STEPS; i++) {
                    step = Settlement.settle(one, where, by);
                    changes.addAll(step.changes());
                }
            }
            return changes;
        }).stream().flatMap(List::stream).toList();
    }
}
