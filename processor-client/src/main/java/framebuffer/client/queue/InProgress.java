package framebuffer.client.queue;

import framebuffer.wire.EntryId;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The frames of one queue that this process holds: delivered to it and not known to be answered. Each is in a slot until its handler has
 * finished, and counts here until its answer is known: while a partition is away, its answers keep no slot from the others. For any
 * thread.
 */
public final class InProgress {
    private final Slots slots;
    private final Semaphore room;
    private final Set<EntryId> held = ConcurrentHashMap.newKeySet();
    private final Set<EntryId> running = ConcurrentHashMap.newKeySet();

    public InProgress(Slots slots) {
        this.slots = slots;
        this.room = new Semaphore(slots.most(), true);
    }

    /** How many frames it holds. */
    public int count() {
        return held.size();
    }

    /** Waits until nothing is held; answers whether that came true in time. */
    public boolean awaitNone(Duration atMost) throws InterruptedException {
        if (!room.tryAcquire(slots.most(), atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        room.release(slots.most());
        return true;
    }

    /** Takes free slots, see {@link Slots#take}; no more than frames may be held here. */
    int take(int atMost, Duration wait) throws InterruptedException {
        if (!room.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
            return 0;
        }
        int most = 1;
        while (most < atMost && room.tryAcquire()) {
            most++;
        }
        int taken = 0;
        try {
            taken = slots.take(most, wait);
        } finally {
            room.release(most - taken);
        }
        return taken;
    }

    /** Gives slots back that no frame was read for. */
    void giveBack(int unused) {
        slots.giveBack(unused);
        room.release(unused);
    }

    /** A frame was read into a slot taken before; false: it is held already, for Redis has forgotten that it was delivered. */
    boolean begin(EntryId entry) {
        return held.add(entry) && running.add(entry);
    }

    /** A frame's handler has finished: its slot is free. */
    void finished(EntryId entry) {
        if (running.remove(entry)) {
            slots.giveBack(1);
        }
    }

    /** A frame's answer is known. */
    void end(EntryId entry) {
        finished(entry);
        if (held.remove(entry)) {
            room.release();
        }
    }

    /** What is held now. */
    Set<EntryId> held() {
        return Set.copyOf(held);
    }
}
