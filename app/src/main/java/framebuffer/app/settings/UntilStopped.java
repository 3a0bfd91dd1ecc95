package framebuffer.app.settings;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns SIGTERM and Ctrl-C into a request to end, so that a command ends in its own order: open it first, and what is closed before
 * it is closed in peace. The JVM goes down when this is closed, or after 15 s.
 */
public final class UntilStopped implements AutoCloseable {
    private static final Duration AT_MOST = Duration.ofSeconds(15);

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::asked, "stop");

    public UntilStopped() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Waits until somebody asks. */
    public void await() throws InterruptedException {
        asked.await();
    }

    /** Waits for at most this long; true when somebody asked. */
    public boolean await(Duration atMost) throws InterruptedException {
        return asked.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void asked() {
        asked.countDown();
        try {
            if (!done.await(AT_MOST.toMillis(), TimeUnit.MILLISECONDS)) {
                System.err.println("did not stop within " + AT_MOST.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is going down already, which is what it was for.
            done.countDown();
        }
    }
}
