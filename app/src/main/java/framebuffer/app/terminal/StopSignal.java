package framebuffer.app.terminal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Turns SIGTERM and Ctrl-C into a request to end, so that a command ends in its own order and with its own exit code: open it first,
 * and what is closed before it is closed in peace. A command that has not ended in time, because it waits for somebody who does not answer,
 * is cut off.
 */
public final class StopSignal implements AutoCloseable {
    /** A command ends within a second, of which the JVM needs a part. */
    private static final Duration AT_MOST = Duration.ofMillis(900);
    private static final int BY_SIGNAL = 143;
    /** How the command has ended. */
    private static final CompletableFuture<Integer> ENDED = new CompletableFuture<>();

    private final CountDownLatch asked = new CountDownLatch(1);
    private final Thread hook = new Thread(this::asked, "stop");
    private volatile int cutOff;
    private volatile Duration atMost = AT_MOST;

    private StopSignal(int cutOff) {
        this.cutOff = cutOff;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** For a command that runs until it is stopped: to be cut off is no failure, its exit code is 0. */
    public StopSignal() {
        this(0);
    }

    /** For a command that has something to do: where it is cut off, that is not done, and its exit code is that of a signal. */
    public static StopSignal ofJob() {
        return new StopSignal(BY_SIGNAL);
    }

    /** The command has done what it is for, and only clears up: should it be cut off, this is its exit code. */
    public void done(int code) {
        cutOff = code;
    }

    /** From now on there is something to put in order at the end: it is given this time, also where somebody has asked already. */
    public void within(Duration time) {
        atMost = time;
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
        long since = System.nanoTime();
        asked.countDown();
        int code;
        try {
            code = endedSince(since);
        } catch (TimeoutException e) {
            code = cutOff;
            if (!atMost.equals(AT_MOST)) {
                System.err.println("did not stop within " + atMost.toSeconds() + " s");
                code = BY_SIGNAL;
            }
        } catch (InterruptedException e) {
            code = cutOff;
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        Runtime.getRuntime().halt(code);
    }

    private int endedSince(long since) throws InterruptedException, ExecutionException, TimeoutException {
        while (true) {
            Duration until = atMost;
            try {
                return ENDED.get(until.toNanos() - (System.nanoTime() - since), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                if (until.equals(atMost)) {
                    throw e;
                }
            }
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
