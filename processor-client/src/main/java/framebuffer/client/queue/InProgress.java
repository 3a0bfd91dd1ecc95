package framebuffer.client.queue;

import framebuffer.wire.EntryId;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The frames of one queue that this process holds: delivered to it and not known to be answered. Each is in a slot until its handler has
 * finished, and counts here until its answer is known: while a partition is away, its answers keep no slot from the others. For any
 * thread.
 */
public final class InProgress {
    private final Slots slots;
    private final Slots room;
    private final Slots.Place place = new Slots.Place();
    private final Slots.Place placeInRoom = new Slots.Place();
    private final Set<EntryId> held = ConcurrentHashMap.newKeySet();
    private final Set<EntryId> running = ConcurrentHashMap.newKeySet();

    public InProgress(Slots slots) {
        this.slots = slots;
        this.room = new Slots(slots.most());
    }

    /** How many frames it holds. */
    public int count() {
        return held.size();
    }

    /** Waits until nothing is held; answers whether that came true in time. */
    public boolean awaitNone(Duration atMost) throws InterruptedException {
        return room.awaitNone(atMost);
    }

    /** Takes free slots, see {@link Slots#take}; no more than frames may be held here. */
    int take(int atMost, Duration wait) throws InterruptedException {
        int most = room.take(placeInRoom, atMost, wait);
        if (most == 0) {
            return 0;
        }
        int taken = 0;
        try {
            taken = slots.take(place, most, wait);
        } finally {
            room.giveBack(most - taken);
        }
        return taken;
    }

    /** Gives slots back that no frame was read for. */
    void giveBack(int unused) {
        slots.giveBack(unused);
        room.giveBack(unused);
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
            room.giveBack(1);
        }
    }

    /** What is held now. */
    Set<EntryId> held() {
        return Set.copyOf(held);
    }
}
