package framebuffer.vision.source;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Within which time a picture must come: one deadline over opening a video and reading it, which each picture sets anew. Only time that is
 * spent waiting for the video counts. One thread waits; any thread may end it.
 */
public final class PictureDeadline {
    private final Duration atMost;
    private final LongSupplier nanos;
    private long left;
    private volatile boolean waiting;
    private volatile long since;
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    /**
     * @param nanos
     *            a clock that never jumps, as {@link System#nanoTime()}
     */
    public PictureDeadline(Duration atMost, LongSupplier nanos) {
        this.atMost = atMost;
        this.nanos = nanos;
        this.left = atMost.toNanos();
    }

    /** From now on the video is waited for. */
    void begin() {
        since = nanos.getAsLong();
        waiting = true;
    }

    /** Until now the video was waited for. */
    void pause() {
        if (waiting) {
            left -= nanos.getAsLong() - since;
            waiting = false;
        }
    }

    /** A picture has come; the next one has the whole time. */
    void picture() {
        left = atMost.toNanos();
        since = nanos.getAsLong();
    }

    /** Nobody wants pictures any more; whoever waits for one is let go at once. */
    public void stop() {
        stopped.complete(null);
    }

    /** The same time for the next try; once stopped, it stays so. */
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

    /** Whether to wait no more. */
    boolean over() {
        return stopped() || passed();
    }

    /** Waits for work that may not look at this deadline; false when it is over first, or this thread is interrupted. */
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
