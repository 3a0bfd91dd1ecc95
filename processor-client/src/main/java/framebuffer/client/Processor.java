package framebuffer.client;

import framebuffer.client.membership.Membership;
import framebuffer.client.queue.AnswerSender;
import framebuffer.client.queue.InProgress;
import framebuffer.client.queue.PixelStore;
import framebuffer.client.queue.QueueReader;
import framebuffer.client.telemetry.ProcessorMetrics;
import framebuffer.client.telemetry.Tally;
import framebuffer.streams.GroupReader;
import framebuffer.streams.RedisLoop;
import framebuffer.streams.work.Answers;
import framebuffer.wire.processor.Heartbeat;
import framebuffer.wire.processor.Registration;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running processor: registered, reading its work queue, running a handler for each frame and answering. It reconnects by itself,
 * to Redis and to the orchestrator, for as long as it takes. For any thread.
 *
 * <p>
 * When the orchestrator drains it, it finishes what it has and closes itself.
 *
 * <p>
 * A frame is answered once. It is handled again only when a handler failed, or the process ended before the answer was known:
 * a processor that starts again under the same id gives back what it left behind, as failed, so that a frame that ends processes
 * is given up on in the end.
 */
public final class Processor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Processor.class);

    private final Registration registration;
    private final Duration grace;
    private final boolean unregisterOnClose;
    private final Tally tally = new Tally(InstantSource.system());
    private final InProgress inProgress;
    private final PixelStore pixels;
    private final ExecutorService threads;
    private final RedisLoop answers;
    private final RedisLoop reader;
    private final ProcessorMetrics metrics;
    private final Membership membership;
    private final ReentrantLock closing = new ReentrantLock();
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * What became of frames since the start. Those that were taken away while in progress count nowhere.
     *
     * @param processed
     *            got a result, of either status
     * @param failed
     *            given back as failed: the handler threw, or the result was refused
     * @param returned
     *            given back otherwise: to be retried later, or rejected
     * @param inProgress
     *            read and not known to be answered, at most the concurrency
     */
    public record Statistics(long processed, long failed, long returned, int inProgress) {
    }

    Processor(ProcessorBuilder from, Registration registration) {
        this.registration = registration;
        this.grace = from.grace;
        this.unregisterOnClose = from.unregisterOnClose;
        this.inProgress = new InProgress(registration.concurrency());
        this.pixels = new PixelStore(from.redisAddress(), from.keys);
        this.threads = Executors.newThreadPerTaskExecutor(from.threads);
        String id = registration.id();
        this.metrics = new ProcessorMetrics(id);
        String queue = from.keys.queue(registration.queue());
        String group = id + "-group";
        AnswerSender sender = new AnswerSender(id,
                new Answers(from.keys, new Answers.Post(queue, group, id, from.resultsKey(), from.resultsKept)),
                inProgress, tally);
        this.answers = new RedisLoop(id + "-answers", from.redisAddress(), sender);
        Worker worker = new Worker(id, from.handler(), pixels::of, from.tracing(), metrics, InstantSource.system(),
                threads,
                sender::send);
        this.reader = new RedisLoop(id + "-reader", from.redisAddress(),
                new QueueReader(new GroupReader(queue, group, id + "-1"), from.keys, inProgress, worker));
        this.membership = new Membership(from.orchestratorUrl(), from.apiToken(), registration, this::heartbeat,
                () -> Thread.ofVirtual().name(id + "-close").start(this::close));
    }

    /**
     * Begins to describe a processor.
     *
     * @param id
     *            1 to 128 of {@code A-Z a-z 0-9 . _ : -}; one running process to an id
     * @throws IllegalArgumentException
     *             when the id breaks its form
     */
    public static ProcessorBuilder builder(String id) {
        return new ProcessorBuilder(id, System::getenv);
    }

    /** Registers first, so that the queue is there; then reads. */
    void open() throws InterruptedException {
        boolean joined = false;
        try {
            membership.join();
            joined = true;
        } finally {
            if (!joined) {
                membership.close();
                threads.shutdown();
            }
        }
        answers.start();
        reader.start();
    }

    /**
     * What it did, for Prometheus: {@code processor_frames_processed_total} and {@code processor_processing_duration_seconds}, in its text
     * format. To be answered under {@code /metrics} by whatever HTTP server you have, as {@link ProcessorMetrics#CONTENT_TYPE}.
     */
    public String metrics() {
        return metrics.text();
    }

    /** Whether it has ended: closed, or drained by the orchestrator. */
    public boolean isClosed() {
        return closed.getCount() == 0;
    }

    /**
     * Waits until it is closed. Meanwhile, when the JVM is told to end (SIGTERM, Ctrl-C), it is closed in peace before that happens.
     */
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

    /** What became of frames so far. */
    public Statistics statistics() {
        Tally.Counts counts = tally.counts();
        return new Statistics(counts.processed(), counts.failed(), counts.returned(), inProgress.count());
    }

    private Heartbeat heartbeat() {
        Tally.Counts counts = tally.counts();
        boolean well = reader.trouble() == null && answers.trouble() == null;
        return new Heartbeat(registration.id(), well ? Heartbeat.Status.HEALTHY : Heartbeat.Status.DEGRADED,
                (double) inProgress.count(), counts.processed(), counts.meanMillis(), counts.errorsLastMinute());
    }

    /**
     * Ends it in peace: reads no more, finishes and answers what it holds, for as long as the grace, then unregisters, so that what
     * waits in its queue goes elsewhere. Handlers that run longer are interrupted; their frames stay pending and are not lost. May
     * be called at any time and more than once; each call returns when all is done.
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
        reader.close();
        finishWhatWasBegun();
        answers.close();
        pixels.close();
        threads.shutdownNow();
        if (unregisterOnClose) {
            membership.leave();
        } else {
            membership.close();
        }
    }

    private void finishWhatWasBegun() {
        try {
            if (!inProgress.awaitNone(grace)) {
                log.warn("{}: {} frames were not answered within {} s; they stay pending", registration.id(),
                        inProgress.count(), grace.toMillis() / 1_000.0);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
