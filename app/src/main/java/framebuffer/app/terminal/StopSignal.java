package framebuffer.app.terminal;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Turns SIGTERM and Ctrl-C into a stop request, so that a command shuts down in order and with its own exit code. Open it first, so that it
 * closes last. A command that does not end in time, such as one that waits for a silent server, is killed.
 */
public final class StopSignal implements AutoCloseable {
    /** A command must end within one second; the JVM needs part of it. */
    private static final Duration AT_MOST = Duration.ofMillis(900);
    private static final int BY_SIGNAL = 143;
    /** The exit code of the command. */
    private static final CompletableFuture<Integer> ENDED = new CompletableFuture<>();

    private final CountDownLatch asked = new CountDownLatch(1);
    private final Thread hook = new Thread(this::asked, "stop");
    private volatile int cutOff;
    private volatile Duration atMost = AT_MOST;

    private StopSignal(int cutOff) {
        this.cutOff = cutOff;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** For a command that runs until it is stopped: if killed, its exit code is 0. */
    public StopSignal() {
        this(0);
    }

    /** For a command with a task: if killed, the task is unfinished, and its exit code is that of a signal. */
    public static StopSignal ofJob() {
        return new StopSignal(BY_SIGNAL);
    }

    /** The command has finished its task and only cleans up: if killed, this is its exit code. */
    public void done(int code) {
        cutOff = code;
    }

    /** Gives the shutdown this time, even if the stop has already been requested. */
    public void within(Duration time) {
        atMost = time;
    }

    /** Waits for a stop request. */
    public void await() throws InterruptedException {
        asked.await();
    }

    /** Waits for a stop request for at most this long; returns whether there was one. */
    public boolean await(Duration atMost) throws InterruptedException {
        return asked.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Waits until a prerequisite is available; logs each obstacle once, and the end of the wait. Empty: the stop came first.
     *
     * @param wait whether to wait at all
     * @throws CannotRun when waiting cannot help, or is disabled
     */
    public <T> Optional<T> awaitReady(boolean wait, Supplier<T> needed) throws InterruptedException {
        return RetryUntilReady.by(this, wait, needed);
    }

    /** Ends the JVM with the exit code of the command, even if a signal has already started the shutdown. */
    public static void exit(int code) {
        ENDED.complete(code);
        System.exit(code);
    }

    /** By default, a JVM that a signal ends exits with the signal's number, even after an orderly shutdown. */
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
            // The JVM is already shutting down, as intended.
            asked.countDown();
        }
    }
}
