package framebuffer.vision.onnx;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Joins the inputs of several threads to batches, and lets one thread of its own run them, one after another. While a batch runs, the next
 * one fills.
 */
final class Batcher<I, O> implements AutoCloseable {
    private final int most;
    private final Duration wait;
    private final Function<List<I>, List<O>> work;
    private final LinkedBlockingQueue<Item<I, O>> queue = new LinkedBlockingQueue<>();
    private final Thread runner;
    private boolean closed;

    /**
     * Starts its thread.
     *
     * @param most maximum size of a batch
     * @param wait how long the first input of a batch waits for others
     * @param work takes a batch, and returns one output for each input, in the same order
     */
    Batcher(int most, Duration wait, Function<List<I>, List<O>> work) {
        this.most = most;
        this.wait = wait;
        this.work = work;
        this.runner = Thread.ofPlatform().daemon().name("batches").start(this::runAll);
    }

    /** An input whose thread waits for the output; without an input: the end. */
    private static final class Item<I, O> {
        private final @Nullable I input;
        private final CompletableFuture<O> output = new CompletableFuture<>();
        /** By the runner, which runs it, or by the thread that no longer waits for it. */
        private final AtomicBoolean taken = new AtomicBoolean();

        Item(@Nullable I input) {
            this.input = input;
        }

        boolean take() {
            return taken.compareAndSet(false, true);
        }
    }

    /**
     * Waits until the input has been run. An interrupt ends the wait only before the batch begins, because a batch reads the memory of its
     * inputs.
     *
     * @throws IllegalStateException when the input fails, the batcher is closed, or the thread is interrupted before the batch begins
     */
    O run(I input) {
        Item<I, O> item = new Item<>(input);
        add(item);
        try {
            return item.output.get();
        } catch (ExecutionException e) {
            throw failed(e.getCause());
        } catch (InterruptedException e) {
            return interrupted(item, e);
        }
    }

    private static <I, O> O interrupted(Item<I, O> item, InterruptedException why) {
        try {
            if (item.take()) {
                throw new IllegalStateException("interrupted before the batch began", why);
            }
            return item.output.join();
        } catch (CompletionException e) {
            throw failed(e.getCause());
        } finally {
            Thread.currentThread().interrupt();
        }
    }

    private static IllegalStateException failed(@Nullable Throwable cause) {
        return new IllegalStateException(cause == null ? "failed" : cause.getMessage(), cause);
    }

    private synchronized void add(Item<I, O> item) {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        queue.add(item);
    }

    private void runAll() {
        try {
            boolean end = false;
            while (!end) {
                List<Item<I, O>> batch = new ArrayList<>();
                end = collect(batch);
                run(batch);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody else has this thread", e);
        }
    }

    /** Fills a batch; returns whether it is the last. */
    private boolean collect(List<Item<I, O>> batch) throws InterruptedException {
        Item<I, O> next = queue.take();
        long deadline = System.nanoTime() + wait.toNanos();
        while (next != null && next.input != null) {
            if (next.take()) {
                batch.add(next);
            }
            next = batch.size() < most ? queue.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS) : null;
        }
        return next != null;
    }

    /** Runs a batch. When it fails, each of its inputs runs alone: only one may be bad. */
    private void run(List<Item<I, O>> batch) {
        if (batch.isEmpty()) {
            return;
        }
        try {
            List<I> inputs = new ArrayList<>();
            batch.forEach(item -> inputs.add(item.input));
            List<O> outputs = work.apply(inputs);
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).output.complete(outputs.get(i));
            }
        } catch (RuntimeException | Error e) {
            if (batch.size() == 1) {
                batch.getFirst().output.completeExceptionally(e);
            } else {
                batch.forEach(item -> run(List.of(item)));
            }
        }
    }

    /** Runs the inputs that wait, and ends the thread. May be called more than once. */
    @Override
    public void close() {
        synchronized (this) {
            if (!closed) {
                closed = true;
                queue.add(new Item<>(null));
            }
        }
        boolean interrupted = false;
        while (runner.isAlive()) {
            try {
                runner.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
