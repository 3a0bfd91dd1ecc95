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
 * Looks again and again how much is outstanding in the queues of each processor, in all partitions together, and keeps where that is more
 * than its capacity. Several partitions are not seen at one moment, and a frame may end in one and make room for another in the next
 * meanwhile: there, only what is seen twice in a row counts.
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
     * @param names
     *            of the queues
     * @param capacity
     *            of each
     * @param group
     *            of the service on the capture stream
     */
    CapacityWatch(List<Partition> partitions, List<String> names, int capacity, String group, Clock clock) {
        this.partitions = List.copyOf(partitions);
        this.names = List.copyOf(names);
        this.capacity = capacity;
        this.group = group;
        this.clock = clock;
    }

    /**
     * What was seen.
     *
     * @param highest
     *            the most that was outstanding in any queue
     * @param excesses
     *            the first of those that were too many, in words
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
            // One partition that is away leaves the sum unknown; the loop's own connection may be well.
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
