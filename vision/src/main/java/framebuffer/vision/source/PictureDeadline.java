package framebuffer.vision.source;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * The deadline of the next picture, for opening and reading a video; each picture resets it. Only time spent waiting for the video counts,
 * and time in native code that works on its pictures. One thread waits; any thread may stop it, or abandon that thread if it does not
 * return.
 */
public final class PictureDeadline {
    /** How often in a row a thread must be found late: one that was suspended with the whole machine returns before. */
    private static final int LATE_LOOKS = 8;
    /** Maximum number of attempts to open a video that have not returned. */
    private static final int OPENINGS = 3;

    private final Duration atMost;
    private final LongSupplier nanos;
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private final Semaphore openings = new Semaphore(OPENINGS);
    private long left;
    private boolean waiting;
    private long since;
    private int lateLooks;
    private boolean abandoned;

    /**
     * @param nanos a monotonic clock, like {@link System#nanoTime()}
     */
    public PictureDeadline(Duration atMost, LongSupplier nanos) {
        this.atMost = atMost;
        this.nanos = nanos;
        this.left = atMost.toNanos();
    }

    /** Starts counting: the caller waits for the video. */
    public synchronized void begin() {
        since = nanos.getAsLong();
        waiting = true;
    }

    /**
     * Stops counting.
     *
     * @throws CameraUnavailable when this thread was abandoned, and another plays the video; this one must end
     */
    public synchronized void pause() {
        if (waiting) {
            left -= nanos.getAsLong() - since;
            waiting = false;
        }
        if (abandoned) {
            throw new CameraUnavailable("a decoder that gave no answer has returned");
        }
    }

    /** Resets the deadline after a picture. */
    synchronized void picture() {
        left = atMost.toNanos();
        since = nanos.getAsLong();
    }

    /** Stops the deadline; a waiting thread returns at once. */
    public void stop() {
        stopped.complete(null);
    }

    /** A new deadline for the next attempt; a stopped one stays stopped. */
    public PictureDeadline restart() {
        picture();
        return this;
    }

    public boolean stopped() {
        return stopped.isDone();
    }

    private synchronized boolean passed() {
        return waiting && nanos.getAsLong() - since > left;
    }

    /** Whether the deadline is over or stopped. */
    boolean over() {
        return stopped() || passed();
    }

    /**
     * Abandons the waiting thread if it does not return though its deadline is over or stopped, because native code hangs. To be
     * asked at even intervals; true at the eighth time in a row that it is late. From then on the thread gets an exception when it returns.
     */
    public synchronized boolean abandonIfHung() {
        lateLooks = waiting && over() ? lateLooks + 1 : 0;
        abandoned |= lateLooks >= LATE_LOOKS;
        return abandoned;
    }

    /** Whether the thread was abandoned. */
    public synchronized boolean abandoned() {
        return abandoned;
    }

    /** Permits one more attempt to open the video, unless too many have not returned. */
    boolean beginOpening() {
        return openings.tryAcquire();
    }

    /** An attempt to open the video has returned. */
    void endOpening() {
        openings.release();
    }

    /** Waits for work that may ignore this deadline; returns false if the deadline is over first, or this thread is interrupted. */
    boolean awaits(CompletableFuture<?> work) {
        try {
            CompletableFuture.anyOf(work.handle((_, _) -> 0), stopped).get(remaining(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return work.isDone();
    }

    private synchronized long remaining() {
        return left;
    }

    /** {@code no picture for 10 s}. */
    @Override
    public String toString() {
        long millis = atMost.toMillis();
        return "no picture for " + (millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms");
    }
}
