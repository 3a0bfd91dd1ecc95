package framebuffer.client.queue;

import java.time.Duration;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * As many as a processor may handle frames at once, whichever partition they are from. One is taken before a frame is read, and freed when
 * its handler has finished. Of those that wait, who came first gets the next, so that no partition is left behind: also who gave up
 * waiting for a moment, to see whether its Redis is still there, comes back to its place. For any thread.
 */
public final class HandlerSlots {
    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final TreeSet<Long> waiting = new TreeSet<>();
    private int free;
    private long places;

    /** Where somebody stands in the line. For one thread. */
    static final class SlotTicket {
        private static final long NONE = 0;
        private long number = NONE;
    }

    /**
     * @param most
     *            how many frames may be handled at once, at least 1
     */
    public HandlerSlots(int most) {
        this.most = most;
        this.free = most;
    }

    /** Waits until all are free; answers whether that came true in time. */
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

    /** How many there are. */
    int most() {
        return most;
    }

    /** The share of one of so many that read: all of them, and at least one. */
    public int share(int readers) {
        return Math.ceilDiv(most, readers);
    }

    /** Takes free ones, no more than these, and answers how many; waits for the first, 0 when there is none in time. */
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
