package framebuffer.client;

import framebuffer.client.queue.HandlerSlots;
import framebuffer.client.telemetry.FrameCounters;
import framebuffer.client.telemetry.ProcessorMetrics;
import framebuffer.client.telemetry.ProcessorTracing;
import framebuffer.redis.RedisAddress;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running processor: it registers, reads its work queue, runs a handler for each frame and answers. It reconnects to Redis and to the
 * orchestrator without limit. Thread-safe.
 *
 * <p>
 * When the orchestrator drains it, it finishes its frames and closes itself. It follows the steps of docs/protocol.md 3.
 *
 * <p>
 * A frame is answered once. It is handled again only when a handler failed, or the process ended before the answer was confirmed. A
 * processor that restarts under the same id returns its old frames as failed, so that a frame that crashes processes finally becomes a dead
 * letter.
 */
public final class Processor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Processor.class);

    private final Registration registration;
    private final Duration grace;
    private final boolean unregisterOnClose;
    private final FrameCounters tally = new FrameCounters(() -> Instant.EPOCH.plusNanos(System.nanoTime()));
    private final HandlerSlots slots;
    private final ProcessorBuilder from;
    private final RedisAddress redis;
    private final @Nullable RedisAddress pixelsRedis;
    private final FrameHandler handler;
    private final ProcessorTracing tracing;
    private final ExecutorService threads;
    private volatile List<Lane> lanes = List.of();
    private final ProcessorMetrics metrics;
    private final Membership membership;
    private final ReentrantLock closing = new ReentrantLock();
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * Counts of frames since the start, without frames that were taken away while in progress.
     *
     * @param processed frames with a result, of either status
     * @param failed frames returned as failed: the handler threw, or Redis refused the result
     * @param returned frames returned to be retried later, or rejected
     * @param inProgress frames read without a confirmed answer, at most the concurrency
     */
    public record Statistics(long processed, long failed, long returned, int inProgress) {
    }

    Processor(ProcessorBuilder from, Registration registration) {
        this.registration = registration;
        this.grace = from.grace;
        this.unregisterOnClose = from.unregisterOnClose;
        this.from = from;
        // Report missing or malformed settings before waiting for the orchestrator.
        this.redis = from.redisAddress();
        this.pixelsRedis = from.pixelsAddress();
        this.handler = from.handler();
        this.tracing = from.tracing();
        this.slots = new HandlerSlots(registration.concurrency());
        this.threads = Executors.newThreadPerTaskExecutor(from.threads);
        this.metrics = new ProcessorMetrics(registration.id());
        this.membership = new Membership(from.orchestratorClient(), registration, this::heartbeat,
                () -> Thread.ofVirtual().name(registration.id() + "-close").start(this::close));
    }

    /**
     * Returns a builder.
     *
     * @param id 1 to 128 of {@code A-Z a-z 0-9 . _ : -}; one running process per id
     * @throws IllegalArgumentException when the id is invalid
     */
    public static ProcessorBuilder builder(String id) {
        return new ProcessorBuilder(id, System::getenv);
    }

    /** Registers, which creates the queue and returns the partitions, then reads. */
    void open() throws InterruptedException {
        boolean joined = false;
        try {
            List<String> prefixes = membership.join();
            List<Keys> partitions = prefixes.isEmpty() ? List.of(from.keys) : prefixes.stream().map(Keys::new).toList();
            Lane.LaneContext shared = new Lane.LaneContext(from, redis, pixelsRedis, handler, tracing, registration,
                    slots,
                    tally, metrics, threads, partitions.size());
            lanes = partitions.stream().map(keys -> new Lane(shared, keys)).toList();
            joined = true;
        } finally {
            if (!joined) {
                membership.close();
                threads.shutdown();
            }
        }
        lanes.forEach(Lane::start);
    }

    /**
     * The metrics {@code processor_frames_processed_total} and {@code processor_processing_duration_seconds} in Prometheus text format.
     * Serve them under {@code /metrics} with your HTTP server, as {@link ProcessorMetrics#CONTENT_TYPE}.
     */
    public String metrics() {
        return metrics.text();
    }

    /** Whether the processor has ended: closed, or drained by the orchestrator. */
    public boolean isClosed() {
        return closed.getCount() == 0;
    }

    /** Waits until the processor is closed. A shutdown of the JVM (SIGTERM, Ctrl-C) meanwhile closes it gracefully. */
    public void await() throws InterruptedException {
        Thread hook = new Thread(this::close, registration.id() + "-close");
        try {
            Runtime.getRuntime().addShutdownHook(hook);
            closed.await();
        } finally {
            removeHook(hook);
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            log.debug("the JVM is ending; the hook is running");
        }
    }

    /** The current counts. */
    public Statistics statistics() {
        FrameCounters.FrameCounts counts = tally.counts();
        return new Statistics(counts.processed(), counts.failed(), counts.returned(), held());
    }

    private int held() {
        return lanes.stream().mapToInt(Lane::held).sum();
    }

    private Heartbeat heartbeat() {
        FrameCounters.FrameCounts counts = tally.counts();
        boolean well = lanes.stream().allMatch(Lane::works);
        return new Heartbeat(registration.id(), well ? Heartbeat.HealthStatus.HEALTHY : Heartbeat.HealthStatus.DEGRADED,
                (double) held(), counts.processed(), counts.meanMillis(), counts.errorsLastMinute());
    }

    /**
     * Stops gracefully: reads no more frames, finishes and answers its frames within the grace, then unregisters, so that the frames in its
     * queue go to other processors. Handlers that run longer are interrupted; their frames stay pending and are not lost. May be called at
     * any time and more than once; each call waits for the end.
     */
    @Override
    public void close() {
        closing.lock();
        try {
            if (closed.getCount() > 0) {
                end();
                closed.countDown();
            }
        } finally {
            closing.unlock();
        }
    }

    private void end() {
        inAllLanes(Lane::stopReading);
        finishWhatWasBegun();
        inAllLanes(Lane::close);
        threads.shutdownNow();
        if (unregisterOnClose) {
            membership.leave();
        } else {
            membership.close();
        }
    }

    private void inAllLanes(Consumer<Lane> what) {
        try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
            lanes.forEach(lane -> each.execute(() -> what.accept(lane)));
        }
    }

    private void finishWhatWasBegun() {
        try {
            long end = System.nanoTime() + grace.toNanos();
            boolean answered = true;
            for (Lane lane : lanes) {
                answered &= lane.awaitAnswered(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
            }
            if (!answered) {
                log.warn("{}: {} frames were not answered within {} s; they stay pending", registration.id(),
                        held(), grace.toMillis() / 1_000.0);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
