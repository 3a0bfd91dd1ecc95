package framebuffer.app.query;

import framebuffer.app.config.FlagOnly;
import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.LogOptions;
import framebuffer.app.terminal.RedisOptions;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.redis.cluster.FanOut;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionCount;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.redis.frames.BacklogReader;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.frames.QueueDiscovery;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Changes the number of partitions of a service that is drained and stopped. */
@Command(name = "resize", header = "Changes the number of partitions.", mixinStandardHelpOptions = true, description = {
        "Changes the number of partitions. First stop the producers, wait until nothing is in flight, and stop all instances. "
                + "The command checks all of that, and changes nothing if a check fails. Then start all instances with the new "
                + "number.",
        "Exit code 0: the number is changed. 2: it is not; one line names the obstacle."})
@Examples("frame-buffer partitions resize --to 4")
final class ResizeCommand implements Callable<Integer> {
    /** An instance with a younger sign of life runs: the longest lease sends one every two minutes. */
    private static final Duration RUNS = Duration.ofSeconds(130);

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @FlagOnly
    @ValueRange(least = "1", most = "256")
    @Option(names = "--to", paramLabel = "N", required = true, description = "New number of partitions; 1: one partition, without a prefix unless on a cluster.")
    private int to;

    @Option(names = "--consumer-group", paramLabel = "NAME", defaultValue = "frame-buffer-v2", description = "The service's consumer group on the capture stream. Default: ${DEFAULT-VALUE}.")
    private String consumerGroup = "frame-buffer-v2";

    @Mixin
    private final LogOptions logging = new LogOptions();

    @Mixin
    private final RedisOptions redis = new RedisOptions();

    @Override
    public Integer call() {
        logging.apply();
        RedisAddress address = redis.givenOrRunning();
        try {
            int was = resize(address);
            PrintWriter out = spec.commandLine().getOut();
            out.println(
                    "The number of partitions was " + was + ", and is " + to
                            + " now. Start instances and producers with"
                            + " --partitions " + to + ", and restart processors.");
            out.flush();
            return 0;
        } catch (PartitionCount.ChangeRefused e) {
            throw new CannotRun(switch (e.obstacle()) {
                case STARTING -> "an instance was started less than " + PartitionCount.STARTS_WITHIN.toSeconds()
                        + " seconds ago: stop it, and try again after that time";
                case CHANGING ->
                    "another command is changing the number of partitions; if that command was interrupted, try"
                            + " again in " + PartitionCount.CHANGES_WITHIN.toSeconds() + " seconds";
                case TOO_LATE -> "the change took longer than " + PartitionCount.CHANGES_WITHIN.toSeconds()
                        + " seconds, and instances may have started meanwhile: nothing is changed; stop all and try again";
            }, e);
        } catch (RedisUnavailable | RedisRefused e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }

    private int resize(RedisAddress address) {
        String prefix = redis.keyPrefix();
        RedisAddress first = address.holding(PartitionCount.where(prefix));
        try (RedisConnection agreed = RedisConnection.open(first);
                PartitionCount.CountChange change = PartitionCount.change(agreed, prefix)) {
            Partitioning before = PartitionCount.read(agreed, prefix).stream()
                    .mapToObj(count -> Partitioning.tagged(prefix, count)).findFirst()
                    .orElseGet(() -> address.cluster() == null
                            ? Partitioning.whole(prefix)
                            : Partitioning.tagged(prefix, 1));
            boolean plain = to == 1 && address.cluster() == null;
            PartitionLayout there = PartitionLayout.of(address, before);
            List<Partition> all = there.all();
            PartitionLayout wanted = PartitionLayout.of(address,
                    plain ? Partitioning.whole(prefix) : Partitioning.tagged(prefix, to));
            FanOut.first(all, one -> inTheWay(one, wanted)).ifPresent(why -> {
                throw new CannotRun(why);
            });
            OperatorSettingsCopy kept = OperatorSettingsCopy.read(there);
            // Check again before each step that would affect a service that has started meanwhile.
            change.goOn();
            kept.write(wanted);
            change.goOn();
            // Registrations are valid only for the old partitions.
            FanOut.all(all, ResizeCommand::forget);
            if (plain) {
                change.toNone();
            } else {
                change.to(to);
            }
            // Last, so that an interruption before the number changes leaves all settings in place.
            OperatorSettingsCopy.tidy(all, wanted);
            return before.count();
        }
    }

    /** Why the number cannot change: an instance runs, frames wait, or dead letters would become unreachable. */
    private Optional<String> inTheWay(Partition partition, PartitionLayout wanted) {
        Keys keys = partition.keys();
        try (RedisConnection one = RedisConnection.open(partition.redis())) {
            long now = Replies.time(one.call("TIME")).toEpochMilli();
            List<String> running = new ArrayList<>();
            for (String beats : List.of(keys.candidates(), keys.instances())) {
                for (Map.Entry<String, byte[]> said : Replies.map(one.call("HGETALL", beats)).entrySet()) {
                    if (runs(said.getValue(), now)) {
                        running.add(said.getKey());
                    }
                }
            }
            if (!running.isEmpty()) {
                return Optional.of("instance " + running.getFirst() + " runs, or was killed less than "
                        + RUNS.toSeconds() + " seconds ago: stop all of them first");
            }
            long unread = BacklogReader.read(one, keys, consumerGroup, List.of()).capture().backlog();
            // Count the frames in Redis: a wrong figure in the ledger must not block the change.
            long inFlight = LedgerReader.read(one, keys, consumerGroup,
                    List.copyOf(QueueDiscovery.read(one, keys).keySet())).underWay();
            if (unread > 0 || inFlight > 0) {
                return Optional.of(partition + " holds " + Math.max(unread, inFlight)
                        + " frames that have not ended: stop the producers, and let the service finish them");
            }
            long letters = Replies.number(one.call("XLEN", keys.deadLetter()));
            return letters > 0 && wanted.all().stream().noneMatch(there -> there.keys().equals(keys))
                    ? Optional.of(partition + ", which the new number would remove, holds " + letters
                            + " dead letters: requeue or delete them")
                    : Optional.empty();
        }
    }

    private static boolean runs(byte[] said, long now) {
        String[] words = new String(said, StandardCharsets.US_ASCII).split(" ", 2);
        return words[0].matches("[0-9]{1,15}") && Math.abs(now - Long.parseLong(words[0])) < RUNS.toMillis();
    }

    private static boolean forget(Partition partition) {
        Keys keys = partition.keys();
        try (RedisConnection one = RedisConnection.open(partition.redis())) {
            one.call("DEL", keys.registry(), keys.health(), keys.polls(), keys.candidates(), keys.shares(),
                    keys.grants(),
                    keys.demand());
        }
        return true;
    }
}
