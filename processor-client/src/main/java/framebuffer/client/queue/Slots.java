package framebuffer.client.queue;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * As many as a processor may handle frames at once, whichever partition they are from. One is taken before a frame is read, and freed when
 * its handler has finished. Who waits longest gets the next, so that no partition is left behind. For any thread.
 */
public final class Slots {
    private final int most;
    private final Semaphore free;

    /**
     * @param most
     *            how many frames may be handled at once, at least 1
     */
    public Slots(int most) {
        this.most = most;
        this.free = new Semaphore(most, true);
    }

    /** Waits until all are free; answers whether that came true in time. */
    boolean awaitNone(Duration atMost) throws InterruptedException {
        if (!free.tryAcquire(most, atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        free.release(most);
        return true;
    }

    /** How many there are. */
    int most() {
        return most;
    }

    /** The share of one of so many that read: all of them, and at least one. */
    public int share(int readers) {
        return Math.ceilDiv(most, readers);
    }

    /** Takes free ones, no more than these, and answers how many; waits for the first, 0 when there is none in time. */
    int take(int atMost, Duration wait) throws InterruptedException {
        if (!free.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
            return 0;
        }
        int taken = 1;
        while (taken < atMost && free.tryAcquire()) {
            taken++;
        }
        return taken;
    }

    void giveBack(int unused) {
        free.release(unused);
    }
}
