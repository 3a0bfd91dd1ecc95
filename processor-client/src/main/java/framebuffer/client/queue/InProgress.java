package framebuffer.client.queue;

import framebuffer.wire.EntryId;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The frames that this process holds: delivered to it and not known to be answered. There are as many slots as it may hold at once;
 * one is taken before a frame is read, and freed when its answer is known. For any thread.
 */
public final class InProgress {
    private final int most;
    private final Semaphore slots;
    private final Set<EntryId> held = ConcurrentHashMap.newKeySet();

    /**
     * @param most
     *            how many frames it may hold at once, at least 1
     */
    public InProgress(int most) {
        this.most = most;
        this.slots = new Semaphore(most);
    }

    /** How many frames it holds. */
    public int count() {
        return held.size();
    }

    /** Waits until nothing is held; answers whether that came true in time. */
    public boolean awaitNone(Duration atMost) throws InterruptedException {
        if (!slots.tryAcquire(most, atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        slots.release(most);
        return true;
    }

    /** Takes all free slots and answers how many; waits for the first, 0 when there is none in time. */
    int take(Duration atMost) throws InterruptedException {
        return slots.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS) ? 1 + slots.drainPermits() : 0;
    }

    /** Gives slots back that no frame was read for. */
    void giveBack(int unused) {
        slots.release(unused);
    }

    /** A frame was read into a slot taken before. */
    void begin(EntryId entry) {
        held.add(entry);
    }

    /** A frame's answer is known: its slot is free. */
    void end(EntryId entry) {
        if (held.remove(entry)) {
            slots.release();
        }
    }

    /** What is held now. */
    Set<EntryId> held() {
        return Set.copyOf(held);
    }
}
