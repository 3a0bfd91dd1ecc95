package framebuffer.trials.bench.rig;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Waits while the remaining work decreases, and fails when it stalls. */
public final class StallDetector {
    private static final Duration STALLED = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(5);

    private StallDetector() {
    }

    /**
     * Waits until at most this much work is left.
     *
     * @param what name of the work, for the message
     * @throws IllegalStateException when nothing has changed for a minute
     */
    public static void await(String what, LongSupplier left, long atMost) throws InterruptedException {
        long before = Long.MAX_VALUE;
        long moved = System.nanoTime();
        for (long now = left.getAsLong(); now > atMost; now = left.getAsLong()) {
            if (now < before) {
                before = now;
                moved = System.nanoTime();
            } else if (System.nanoTime() - moved > STALLED.toNanos()) {
                throw new IllegalStateException(now + " " + what + ", without progress");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
        }
    }
}
