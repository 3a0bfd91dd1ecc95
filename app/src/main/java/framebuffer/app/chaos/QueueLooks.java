package framebuffer.app.chaos;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisLoop;
import framebuffer.streams.figures.BacklogReader;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Looks again and again how much is outstanding in the queues, and keeps where that is more than a processor's capacity. */
final class QueueLooks implements RedisLoop.Work {
    private static final Duration EVERY = Duration.ofMillis(50);
    private static final int KEPT = 20;

    private final List<String> queues;
    private final int capacity;
    private final String group;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<String> excesses = new ArrayList<>();
    private long looks;
    private long highest;

    /**
     * @param queues
     *            their keys
     * @param capacity
     *            of each
     * @param group
     *            of the service on the capture stream
     */
    QueueLooks(List<String> queues, int capacity, String group, Clock clock) {
        this.queues = List.copyOf(queues);
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
    public void turn(RedisConnection redis) {
        BacklogReader.Reading reading = BacklogReader.read(redis, Keys.DEFAULT, group, queues);
        lock.lock();
        try {
            looks++;
            reading.queues().forEach((queue, found) -> {
                highest = Math.max(highest, found.outstanding());
                if (found.outstanding() > capacity && excesses.size() < KEPT) {
                    excesses.add(found.outstanding() + " frames were outstanding in " + queue + ", whose capacity is "
                            + capacity + ", at " + clock.since().toMillis() / 1e3 + " s");
                }
            });
        } finally {
            lock.unlock();
        }
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
