package framebuffer.trials.chaos;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.frames.BacklogReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Repeatedly counts the outstanding frames of each processor in all partitions, and records counts above its capacity. Several partitions
 * cannot be read at one moment, and a frame may end in one and make room in another meanwhile. There, an excess must be seen twice in a
 * row.
 */
final class CapacityWatch implements RedisLoop.Work {
    private static final Duration EVERY = Duration.ofMillis(50);
    private static final int KEPT = 20;

    private final List<Partition> partitions;
    private final List<String> names;
    private final int capacity;
    private final String group;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Integer, RedisConnection> open = new HashMap<>();
    private final List<String> excesses = new ArrayList<>();
    private Set<String> seenBefore = Set.of();
    private long looks;
    private long highest;

    /**
     * @param names names of the queues
     * @param capacity capacity of each queue
     * @param group the service's group on the capture stream
     */
    CapacityWatch(List<Partition> partitions, List<String> names, int capacity, String group, Clock clock) {
        this.partitions = List.copyOf(partitions);
        this.names = List.copyOf(names);
        this.capacity = capacity;
        this.group = group;
        this.clock = clock;
    }

    /**
     * The observations.
     *
     * @param highest maximum number of outstanding frames in a queue
     * @param excesses descriptions of the first excesses
     */
    record Seen(long looks, long highest, List<String> excesses) {
        Seen {
            excesses = List.copyOf(excesses);
        }
    }

    @Override
    public void runOnce(RedisConnection redis) {
        Map<String, Long> outstanding = new TreeMap<>();
        try {
            for (Partition partition : partitions) {
                RedisConnection its = partitions.size() == 1 ? redis : its(partition);
                List<String> queues = names.stream().map(partition.keys()::queue).toList();
                BacklogReader.BacklogReading reading = BacklogReader.read(its, partition.keys(), group, queues);
                for (int q = 0; q < queues.size(); q++) {
                    outstanding.merge(names.get(q),
                            Objects.requireNonNull(reading.queues().get(queues.get(q))).outstanding(), Long::sum);
                }
            }
        } catch (RedisUnavailable e) {
            // An unavailable partition leaves the sum unknown, even if the loop's own connection works.
            seenBefore = Set.of();
            if (partitions.size() == 1) {
                throw e;
            }
            return;
        }
        note(outstanding);
    }

    private RedisConnection its(Partition partition) {
        RedisConnection kept = open.get(partition.number());
        if (kept == null || kept.isBroken()) {
            kept = RedisConnection.open(partition.redis());
            open.put(partition.number(), kept);
        }
        return kept;
    }

    private void note(Map<String, Long> outstanding) {
        Set<String> now = new HashSet<>();
        lock.lock();
        try {
            looks++;
            outstanding.forEach((queue, found) -> {
                if (found > capacity) {
                    now.add(queue);
                }
                boolean counts = partitions.size() == 1 || seenBefore.contains(queue);
                highest = found > capacity && !counts ? highest : Math.max(highest, found);
                if (found > capacity && counts && excesses.size() < KEPT) {
                    excesses.add(found + " frames were outstanding in " + queue + ", whose capacity is " + capacity
                            + ", at " + clock.since().toMillis() / 1e3 + " s");
                }
            });
            seenBefore = now;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stopping(RedisConnection redis) {
        open.values().forEach(RedisConnection::close);
    }

    @Override
    public Duration rest() {
        return EVERY;
    }

    Seen seen() {
        lock.lock();
        try {
            return new Seen(looks, highest, excesses);
        } finally {
            lock.unlock();
        }
    }
}
