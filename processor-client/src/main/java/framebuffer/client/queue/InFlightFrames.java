package framebuffer.client.queue;

import framebuffer.wire.EntryId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one queue that this process holds: delivered to it and not known to be answered. Each is in a slot until its handler has
 * finished, and counts here until its answer is known: while a partition is away, its answers keep no slot from the others. For any
 * thread.
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

    /** A handler at work; the thread is null until it has begun. */
    private record HandlerRun(@Nullable Thread thread, long sinceNanos) {
    }

    public InFlightFrames(HandlerSlots slots) {
        this.slots = slots;
        this.room = new HandlerSlots(slots.most());
    }

    /** How many frames it holds. */
    public int count() {
        return held.size();
    }

    /** Waits until nothing is held; answers whether that came true in time. */
    public boolean awaitNone(Duration atMost) throws InterruptedException {
        return room.awaitNone(atMost);
    }

    /** Takes free slots, see {@link HandlerSlots#take}; no more than frames may be held here. */
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

    /** Gives slots back that no frame was read for. */
    void giveBack(int unused) {
        slots.giveBack(unused);
        room.giveBack(unused);
    }

    /** A frame was read into a slot taken before; false: it is held already, for Redis has forgotten that it was delivered. */
    boolean begin(EntryId entry) {
        return held.add(entry) && running.put(entry, new HandlerRun(null, System.nanoTime())) == null;
    }

    /** Its handler runs in this thread. */
    public void runs(EntryId entry) {
        running.computeIfPresent(entry, (_, run) -> new HandlerRun(Thread.currentThread(), run.sinceNanos()));
    }

    /** Those whose handlers have run for at least so long. */
    List<EntryId> runningFor(Duration atLeast) {
        long now = System.nanoTime();
        return running.entrySet().stream().filter(one -> now - one.getValue().sinceNanos() >= atLeast.toNanos())
                .map(Map.Entry::getKey).toList();
    }

    /**
     * A frame was taken away while its handler ran, which may never return: it is interrupted, and its slot is free. Handlers that go on
     * nevertheless are threads that nobody else counts, so that no more than a few times as many as there are slots are left like
     * this; false: it keeps its slot.
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

    /** A frame's handler has finished: its slot is free. */
    void finished(EntryId entry) {
        abandoned.remove(entry);
        if (running.remove(entry) != null) {
            slots.giveBack(1);
        }
    }

    /** A frame's answer is known. */
    void end(EntryId entry) {
        finished(entry);
        leave(entry);
    }

    private void leave(EntryId entry) {
        if (held.remove(entry)) {
            room.giveBack(1);
        }
    }

    /** What is held now. */
    Set<EntryId> held() {
        return Set.copyOf(held);
    }
}
