package framebuffer.client.queue;

import framebuffer.wire.EntryId;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The frames of one queue that this process holds: delivered to it and not known to be answered, each in a slot. For any thread.
 */
public final class InProgress {
    private final Slots slots;
    private final Set<EntryId> held = ConcurrentHashMap.newKeySet();

    public InProgress(Slots slots) {
        this.slots = slots;
    }

    /** How many frames it holds. */
    public int count() {
        return held.size();
    }

    /** Takes free slots, see {@link Slots#take}. */
    int take(int atMost, Duration wait) throws InterruptedException {
        return slots.take(atMost, wait);
    }

    /** Gives slots back that no frame was read for. */
    void giveBack(int unused) {
        slots.giveBack(unused);
    }

    /** A frame was read into a slot taken before; false: it is held already, for Redis has forgotten that it was delivered. */
    boolean begin(EntryId entry) {
        return held.add(entry);
    }

    /** A frame's answer is known: its slot is free. */
    void end(EntryId entry) {
        if (held.remove(entry)) {
            slots.giveBack(1);
        }
    }

    /** What is held now. */
    Set<EntryId> held() {
        return Set.copyOf(held);
    }
}
