package framebuffer.orchestrator.pipeline.intake;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Between the readers and the pump: what was read ahead. Bounded; new frames and frames that come back each have a lane, so that a
 * full window does not shut out what must be rescued.
 */
public final class Inbox {
    /** For which frames there is room. */
    public enum Room {
        /** For all. */
        ALL,
        /** Only for those that come back. */
        RETURNING,
        /** For none. */
        NONE
    }

    /** Deliveries that may wait in each lane. */
    static final int DELIVERIES = 2;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<Delivery> fresh = new ArrayDeque<>();
    private final Queue<Delivery> returning = new ArrayDeque<>();
    private final List<Runnable> readers = new CopyOnWriteArrayList<>();
    private boolean woken;

    /** Puts a delivery into its lane, waiting for room for at most this long; false when there was none. */
    public boolean offer(Delivery delivery, Duration atMost) throws InterruptedException {
        lock.lock();
        try {
            Queue<Delivery> lane = delivery instanceof Delivery.Fresh ? fresh : returning;
            long left = atMost.toNanos();
            while (lane.size() >= DELIVERIES) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            lane.add(delivery);
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The next delivery; null when there is none within this time, or the pump was {@link #wake}d.
     *
     * @param room
     *            for which frames there is room; what comes back is handed out first
     */
    public @Nullable Delivery poll(Duration atMost, Room room) throws InterruptedException {
        lock.lock();
        try {
            long deadline = System.nanoTime() + atMost.toNanos();
            Delivery next = next(room);
            for (long left = atMost.toNanos(); next == null && !woken && left > 0; left = deadline
                    - System.nanoTime()) {
                if (!changed.await(left, TimeUnit.NANOSECONDS)) {
                    break;
                }
                next = next(room);
            }
            woken = false;
            if (next != null) {
                changed.signalAll();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Registers a reader that begins again with what is pending when the pump asks for it. */
    public void onBeginAgain(Runnable reader) {
        readers.add(reader);
    }

    /** Makes all readers begin again with what is pending. From any thread. */
    void beginAgain() {
        readers.forEach(Runnable::run);
    }

    /** Makes a waiting {@link #poll} return at once: something else has happened. */
    public void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Delivery next(Room room) {
        Delivery back = room == Room.NONE ? null : returning.poll();
        return back != null || room != Room.ALL ? back : fresh.poll();
    }
}
