package framebuffer.client.queue;

import framebuffer.wire.EntryId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one queue that this process holds: delivered, without a confirmed answer. A frame occupies a slot until its handler has
 * finished, and counts here until its answer is confirmed: answers to an unavailable partition occupy no slots. Thread-safe.
 */
public final class InFlightFrames {
    private static final int ABANDONED_PER_SLOT = 4;

    private final HandlerSlots slots;
    private final HandlerSlots room;
    private final HandlerSlots.SlotTicket ticket = new HandlerSlots.SlotTicket();
    private final HandlerSlots.SlotTicket placeInRoom = new HandlerSlots.SlotTicket();
    private final Set<EntryId> held = ConcurrentHashMap.newKeySet();
    private final Map<EntryId, HandlerRun> running = new ConcurrentHashMap<>();
    private final Set<EntryId> abandoned = ConcurrentHashMap.newKeySet();

    /** A running handler; the thread is null until it starts. */
    private record HandlerRun(@Nullable Thread thread, long sinceNanos) {
    }

    public InFlightFrames(HandlerSlots slots) {
        this.slots = slots;
        this.room = new HandlerSlots(slots.most());
    }

    /** The number of frames held. */
    public int count() {
        return held.size();
    }

    /** Waits until no frame is held; returns whether that was in time. */
    public boolean awaitNone(Duration atMost) throws InterruptedException {
        return room.awaitNone(atMost);
    }

    /** Takes free slots, see {@link HandlerSlots#take}, up to the number of frames that may still be held here. */
    int take(int atMost, Duration wait) throws InterruptedException {
        int most = room.take(placeInRoom, atMost, wait);
        if (most == 0) {
            return 0;
        }
        int taken = 0;
        try {
            taken = slots.take(ticket, most, wait);
        } finally {
            room.giveBack(most - taken);
        }
        return taken;
    }

    /** Returns unused slots. */
    void giveBack(int unused) {
        slots.giveBack(unused);
        room.giveBack(unused);
    }

    /** Puts a frame into a taken slot; false: the frame is already held, because Redis has lost its delivery. */
    boolean begin(EntryId entry) {
        return held.add(entry) && running.put(entry, new HandlerRun(null, System.nanoTime())) == null;
    }

    /** Records that its handler runs on this thread. */
    public void runs(EntryId entry) {
        running.computeIfPresent(entry, (_, run) -> new HandlerRun(Thread.currentThread(), run.sinceNanos()));
    }

    /** The entries whose handlers have run for at least this long. */
    List<EntryId> runningFor(Duration atLeast) {
        long now = System.nanoTime();
        return running.entrySet().stream().filter(one -> now - one.getValue().sinceNanos() >= atLeast.toNanos())
                .map(Map.Entry::getKey).toList();
    }

    /**
     * Interrupts the handler of a frame that was taken away, and frees its slot, because the handler may never return. The number of such
     * abandoned threads is limited to a few times the slots; false: the limit is reached, and the slot stays taken.
     */
    boolean abandon(EntryId entry) {
        HandlerRun run = running.get(entry);
        if (run == null || abandoned.size() >= ABANDONED_PER_SLOT * slots.most()) {
            return false;
        }
        abandoned.add(entry);
        if (!running.remove(entry, run)) {
            abandoned.remove(entry);
            return false;
        }
        slots.giveBack(1);
        leave(entry);
        if (run.thread() != null) {
            run.thread().interrupt();
        }
        return true;
    }

    /** Frees the slot of a frame whose handler has finished. */
    void finished(EntryId entry) {
        abandoned.remove(entry);
        if (running.remove(entry) != null) {
            slots.giveBack(1);
        }
    }

    /** Removes a frame whose answer is confirmed. */
    void end(EntryId entry) {
        finished(entry);
        leave(entry);
    }

    private void leave(EntryId entry) {
        if (held.remove(entry)) {
            room.giveBack(1);
        }
    }

    /** The entries held now. */
    Set<EntryId> held() {
        return Set.copyOf(held);
    }
}
