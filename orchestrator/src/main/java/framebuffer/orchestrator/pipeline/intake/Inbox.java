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
 * Bounded queue of deliveries between the readers and the pump. New and returned frames have a lane each, so that a full window does not
 * block the recovery of frames.
 */
public final class Inbox {
    /** Which frames have room. */
    public enum Room {
        /** All frames. */
        ALL,
        /** Only frames that come back. */
        RETURNING,
        /** None. */
        NONE
    }

    /** Most deliveries in each lane. */
    static final int DELIVERIES = 2;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<Delivery> fresh = new ArrayDeque<>();
    private final Queue<Delivery> returning = new ArrayDeque<>();
    private final List<Runnable> readers = new CopyOnWriteArrayList<>();
    private boolean woken;

    /** Adds a delivery to its lane, waiting at most this long for room; false when there was none. */
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
     * The next delivery; null when none arrives in time, or the pump was {@link #wake}d.
     *
     * @param room which frames have room; returned frames come first
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

    /** Registers a reader for {@link #beginAgain}. */
    public void onBeginAgain(Runnable reader) {
        readers.add(reader);
    }

    /** Makes all readers read their pending entries again. From any thread. */
    void beginAgain() {
        readers.forEach(Runnable::run);
    }

    /** Makes a waiting {@link #poll} return at once. */
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
