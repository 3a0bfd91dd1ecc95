package framebuffer.streams.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits until something is so. */
public final class Await {
    private static final Duration AT_MOST = Duration.ofSeconds(20);

    private Await() {
    }

    /** Looks again and again until the condition holds; fails after 20 s. */
    public static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + AT_MOST.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + AT_MOST.toSeconds() + " s: " + what);
            }
            LockSupport.parkNanos(500_000);
        }
    }
}
