package framebuffer.testkit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition. */
public final class Await {
    private static final Duration AT_MOST = Duration.ofMinutes(2);
    private static final long SHORTEST_PAUSE = 500_000;
    private static final long LONGEST_PAUSE = 10_000_000;

    private Await() {
    }

    /** Repeats the check until the condition holds; fails after 2 minutes. */
    public static void until(String what, BooleanSupplier condition) {
        within(AT_MOST, what, condition);
    }

    /** Repeats the check until the condition holds; fails after this time. */
    public static void within(Duration most, String what, BooleanSupplier condition) {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            long waited = System.nanoTime() - begun;
            if (waited > most.toNanos()) {
                throw new AssertionError("not within " + most.toSeconds() + " s: " + what);
            }
            LockSupport.parkNanos(Math.clamp(waited / 50, SHORTEST_PAUSE, LONGEST_PAUSE));
        }
    }

    /** Waits for a signal; fails after 2 minutes. */
    public static void signal(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(AT_MOST.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("no signal within " + AT_MOST.toSeconds() + " s");
        }
    }
}
