package framebuffer.app.settings;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Turns SIGTERM and Ctrl-C into a request to end, so that a command ends in its own order and with its own exit code: open it first,
 * and what is closed before it is closed in peace. A command that has not ended 15 s after it was asked is ended by the JVM.
 */
public final class UntilStopped implements AutoCloseable {
    private static final Duration AT_MOST = Duration.ofSeconds(15);
    /** How the command has ended. */
    private static final CompletableFuture<Integer> ENDED = new CompletableFuture<>();

    private final CountDownLatch asked = new CountDownLatch(1);
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

    /** Ends the JVM with the exit code of the command, also where a signal has begun to end it. */
    public static void exit(int code) {
        ENDED.complete(code);
        System.exit(code);
    }

    /** Left alone, a JVM that ends by a signal exits with the signal's number, as if the command had not ended in peace. */
    private void asked() {
        asked.countDown();
        try {
            Runtime.getRuntime().halt(ENDED.get(AT_MOST.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            System.err.println("did not stop within " + AT_MOST.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is going down already, which is what it was for.
            asked.countDown();
        }
    }
}
