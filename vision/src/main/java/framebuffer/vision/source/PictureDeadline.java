package framebuffer.vision.source;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * The deadline of the next picture, for opening and reading a video; each picture resets it. Only time spent waiting for the video counts.
 * One thread waits; any thread may stop it.
 */
public final class PictureDeadline {
    private final Duration atMost;
    private final LongSupplier nanos;
    private long left;
    private volatile boolean waiting;
    private volatile long since;
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    /**
     * @param nanos a monotonic clock, like {@link System#nanoTime()}
     */
    public PictureDeadline(Duration atMost, LongSupplier nanos) {
        this.atMost = atMost;
        this.nanos = nanos;
        this.left = atMost.toNanos();
    }

    /** Starts counting: the caller waits for the video. */
    void begin() {
        since = nanos.getAsLong();
        waiting = true;
    }

    /** Stops counting. */
    void pause() {
        if (waiting) {
            left -= nanos.getAsLong() - since;
            waiting = false;
        }
    }

    /** Resets the deadline after a picture. */
    void picture() {
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

    boolean passed() {
        return waiting && nanos.getAsLong() - since > left;
    }

    /** Whether the deadline is over or stopped. */
    boolean over() {
        return stopped() || passed();
    }

    /** Waits for work that may ignore this deadline; returns false if the deadline is over first, or this thread is interrupted. */
    boolean awaits(CompletableFuture<?> work) {
        try {
            CompletableFuture.anyOf(work.handle((_, _) -> 0), stopped).get(left, TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return work.isDone();
    }

    /** {@code no picture for 10 s}. */
    @Override
    public String toString() {
        long millis = atMost.toMillis();
        return "no picture for " + (millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms");
    }
}
