package framebuffer.migration.shadow;

import java.util.List;
import java.util.PriorityQueue;

/**
 * The work queue of one processor, simulated. A frame takes a slot until the processor has finished it; the processor works on as many
 * frames at once as it said. All times are in microseconds. For one thread.
 */
final class SimulatedQueue {
    /** When each taken slot becomes free. */
    private final PriorityQueue<Long> slots = new PriorityQueue<>();
    /** When each busy place at the processor becomes free. */
    private final PriorityQueue<Long> busy = new PriorityQueue<>();
    private SimulatedProcessor processor;
    private int reserved;

    /**
     * A processor as the simulation knows it.
     *
     * @param id its id
     * @param capabilities what it offers
     * @param capacity most frames that it holds
     * @param concurrency frames that it works on at once
     * @param micros time for one frame
     */
    record SimulatedProcessor(String id, List<String> capabilities, int capacity, int concurrency, long micros) {
        boolean offers(String capability) {
            return capability.isEmpty() || capabilities.contains(capability);
        }
    }

    SimulatedQueue(SimulatedProcessor processor) {
        this.processor = processor;
    }

    SimulatedProcessor processor() {
        return processor;
    }

    /** Replaces what is known of the processor; its frames stay. */
    void become(SimulatedProcessor changed) {
        processor = changed;
    }

    /** Forgets what is finished by now. */
    void advance(long now) {
        removeUntil(slots, now);
        removeUntil(busy, now);
    }

    private static void removeUntil(PriorityQueue<Long> times, long now) {
        while (!times.isEmpty() && times.peek() <= now) {
            times.remove();
        }
    }

    /** Frames that hold a slot. */
    int outstanding() {
        return slots.size() + reserved;
    }

    boolean hasRoom() {
        return outstanding() < processor.capacity();
    }

    /** When the next slot is free. */
    long nextFree(long now) {
        return hasRoom() ? now : slots.isEmpty() ? Long.MAX_VALUE : slots.peek();
    }

    /**
     * Reserves the slot that is free first; end it with {@link #occupy} or {@link #release}.
     *
     * @return when it is free
     */
    long reserve(long now) {
        long free = now;
        while (!hasRoom() && !slots.isEmpty()) {
            free = slots.remove();
        }
        reserved++;
        return free;
    }

    /** Gives a reserved slot back. */
    void release(long free, long now) {
        reserved--;
        if (free > now) {
            slots.add(free);
        }
    }

    /** A frame comes into a reserved slot at this time. */
    void occupy(long at) {
        reserved--;
        long begin = at;
        while (busy.size() >= processor.concurrency()) {
            begin = Math.max(at, busy.remove());
        }
        long end = begin + processor.micros();
        busy.add(end);
        slots.add(end);
    }
}
