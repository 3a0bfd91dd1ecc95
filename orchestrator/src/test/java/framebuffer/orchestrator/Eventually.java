package framebuffer.orchestrator;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what must come true, looking again and again, and fails when it does not within a generous time. */
public final class Eventually {
    private static final Duration WITHIN = Duration.ofSeconds(20);

    private Eventually() {
    }

    public static void is(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + WITHIN.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + WITHIN.toSeconds() + " s: " + what);
            }
            LockSupport.parkNanos(500_000);
        }
    }
}
