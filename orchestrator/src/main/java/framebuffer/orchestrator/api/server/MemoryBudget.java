package framebuffer.orchestrator.api.server;

import java.util.concurrent.Semaphore;

/**
 * Bounds the memory that large bodies of all callers take together. Small ones are free: their number is bounded by the connections, and
 * heartbeats must pass while others send much. Thread-safe.
 */
final class MemoryBudget {
    /** Largest size that is free, in bytes. */
    static final int FREE = 16 << 10;

    private final int mostOfOne;
    private final Semaphore left;

    /**
     * @param most bytes that large bodies take together
     * @param mostOfOne bytes that one body counts at most
     */
    MemoryBudget(int most, int mostOfOne) {
        this.mostOfOne = mostOfOne;
        this.left = new Semaphore(most);
    }

    /** What one body takes. Given back once, when it is closed. */
    final class Share implements AutoCloseable {
        private int taken;

        /** Takes this many bytes; false: others take too many. One body counts a part of the budget at most, even if it is larger. */
        boolean take(int bytes) {
            int wanted = bytes <= FREE ? 0 : Math.min(bytes, mostOfOne);
            boolean free = left.tryAcquire(wanted);
            taken += free ? wanted : 0;
            return free;
        }

        @Override
        public void close() {
            left.release(taken);
            taken = 0;
        }
    }
}
