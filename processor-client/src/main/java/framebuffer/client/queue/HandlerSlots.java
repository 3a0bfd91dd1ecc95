package framebuffer.client.queue;

import java.time.Duration;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The slots of a processor: one for each frame in progress, shared by all partitions. A slot is taken before a frame is read, and freed
 * when its handler has finished. Slots go to waiting readers in the order of their arrival, so that no partition starves. A reader that
 * stops waiting to check its Redis keeps its place. Thread-safe.
 */
public final class HandlerSlots {
    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final TreeSet<Long> waiting = new TreeSet<>();
    private int free;
    private long places;

    /** The place of a reader in the line. Not thread-safe. */
    static final class SlotTicket {
        private static final long NONE = 0;
        private long number = NONE;
    }

    /**
     * @param most number of slots, at least 1
     */
    public HandlerSlots(int most) {
        this.most = most;
        this.free = most;
    }

    /** Waits until all slots are free; returns whether they were in time. */
    boolean awaitNone(Duration atMost) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = atMost.toNanos();
            while (free < most && left > 0) {
                left = changed.awaitNanos(left);
            }
            return free == most;
        } finally {
            lock.unlock();
        }
    }

    /** The number of slots. */
    int most() {
        return most;
    }

    /** The share of one of several readers, at least one slot. */
    public int share(int readers) {
        return Math.ceilDiv(most, readers);
    }

    /** Takes up to this number of free slots; returns how many. Waits for the first; 0: none in time. */
    int take(SlotTicket ticket, int atMost, Duration wait) throws InterruptedException {
        lock.lockInterruptibly();
        long number = ticket.number == SlotTicket.NONE ? ++places : ticket.number;
        ticket.number = number;
        waiting.add(number);
        try {
            long left = wait.toNanos();
            while (free == 0 || waiting.first() != number) {
                if (left <= 0) {
                    return 0;
                }
                left = changed.awaitNanos(left);
            }
            int taken = Math.min(atMost, free);
            free -= taken;
            ticket.number = SlotTicket.NONE;
            return taken;
        } finally {
            waiting.remove(number);
            changed.signalAll();
            lock.unlock();
        }
    }

    void giveBack(int unused) {
        lock.lock();
        try {
            free += unused;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
