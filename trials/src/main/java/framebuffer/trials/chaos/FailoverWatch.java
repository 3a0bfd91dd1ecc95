package framebuffer.trials.chaos;

import framebuffer.redis.ClusterNodes;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.Replies;
import framebuffer.redis.cluster.Partition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Watches which node of a cluster owns each partition, and reports failovers: on a busy machine, failovers occur without our faults.
 *
 * <p>
 * Each failover has its own configuration epoch, greater than all before (<a
 * href="https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/">Redis Cluster specification</a>), so a failover is
 * detected even if the partition has moved back, and an outdated reply does not count as another failover.
 */
final class FailoverWatch implements RedisLoop.Work {
    private static final Duration EVERY = Duration.ofMillis(100);

    private final List<Partition> partitions;
    private final Clock clock;
    private final Map<Integer, Held> held = new HashMap<>();
    private final ConcurrentLinkedQueue<Failover> failovers = new ConcurrentLinkedQueue<>();

    /** The owner of a partition, and when it was last seen. */
    private record Held(Owner by, Duration seen) {
    }

    /** A master and its configuration epoch. */
    private record Owner(String node, long epoch) {
    }

    /**
     * A failover of a partition.
     *
     * @param before when the old master was last seen, from the start of the run
     * @param seen when the new master was first seen
     * @param node the new master, host:port
     */
    record Failover(int partition, Duration before, Duration seen, String node) {
    }

    FailoverWatch(List<Partition> partitions, Clock clock) {
        this.partitions = List.copyOf(partitions);
        this.clock = clock;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        Duration asked = clock.since();
        List<String> nodes = Replies.text(redis.call("CLUSTER", "NODES")).lines().toList();
        for (Partition partition : partitions) {
            owner(nodes, ClusterNodes.slotOf(partition.keys().capture()))
                    .ifPresent(owner -> note(partition.number(), owner, asked));
        }
    }

    private void note(int partition, Owner owner, Duration asked) {
        Held known = held.get(partition);
        if (known != null && owner.epoch() < known.by().epoch()) {
            return;
        }
        if (known != null && owner.epoch() > known.by().epoch()) {
            failovers.add(new Failover(partition, known.seen(), clock.since(), owner.node()));
        }
        held.put(partition, new Held(owner, asked));
    }

    /** Parses a line: id, host:port@bus, flags, master, ping, pong, epoch, link, then slots, including migrating ones: [slot->-node]. */
    private static Optional<Owner> owner(List<String> nodes, int slot) {
        return nodes.stream().map(line -> List.of(line.split(" ")))
                .filter(node -> node.stream().skip(8).anyMatch(range -> has(range, slot)))
                .map(node -> new Owner(node.get(1).replaceFirst("@.*", ""), Long.parseLong(node.get(6)))).findFirst();
    }

    private static boolean has(String range, int slot) {
        if (range.startsWith("[")) {
            return false;
        }
        int dash = range.indexOf('-');
        int from = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
        int to = dash < 0 ? from : Integer.parseInt(range.substring(dash + 1));
        return from <= slot && slot <= to;
    }

    @Override
    public Duration rest() {
        return EVERY;
    }

    /** The failovers since the last call. */
    List<Failover> news() {
        List<Failover> news = new ArrayList<>();
        for (Failover one = failovers.poll(); one != null; one = failovers.poll()) {
            news.add(one);
        }
        return news;
    }
}
