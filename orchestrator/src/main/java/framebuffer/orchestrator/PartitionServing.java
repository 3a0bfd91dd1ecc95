package framebuffer.orchestrator;

import framebuffer.orchestrator.cluster.membership.PartitionLease;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump.PumpView;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisLoop.Work;
import framebuffer.redis.TaskLoop;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs the pipeline of a partition while this instance serves the partition: a new pipeline each time. */
final class PartitionServing implements PartitionLease.PartitionService, AutoCloseable {
    private final TaskLoop membership;
    private final TaskLoop watching;
    private final LongAdder droppedBefore = new LongAdder();
    private @Nullable Supplier<Served> source;
    /** Built in advance, because frames would wait while it is built. */
    private @Nullable Served next;
    private volatile @Nullable Served running;
    private boolean closed;

    /** A pipeline and the monitoring of processors beside it; {@code shares}: null with one partition. */
    record Served(Pipeline pipeline, RedisLoop.@Nullable Work polls, RedisLoop.@Nullable Work circuits,
            @Nullable RedisLoop shares) {
    }

    /**
     * @param membership the loop of the leases
     * @param watching the loop of the monitoring
     */
    PartitionServing(TaskLoop membership, TaskLoop watching) {
        this.membership = membership;
        this.watching = watching;
    }

    /** Sets the source of pipelines; called once, before anything else. */
    synchronized void prepare(Supplier<Served> source) {
        this.source = source;
        next = source.get();
    }

    @Override
    public synchronized void serve() {
        if (closed || running != null) {
            return;
        }
        Served begins = Objects.requireNonNull(next);
        running = begins;
        if (begins.shares() != null) {
            begins.shares().start();
        }
        add(watching, "polls", begins.polls());
        add(watching, "circuits", begins.circuits());
        add(membership, "instance lease", begins.pipeline().monitors().lease());
        begins.pipeline().start();
    }

    private static void add(TaskLoop loop, String name, RedisLoop.@Nullable Work work) {
        if (work != null) {
            loop.add(name, work);
        }
    }

    private static void remove(TaskLoop loop, RedisLoop.@Nullable Work work) {
        if (work != null) {
            loop.remove(work);
        }
    }

    /** Finishes the hand-offs in progress, and releases the partition. */
    @Override
    public synchronized void release() {
        Served ends = running;
        if (ends == null) {
            return;
        }
        if (ends.shares() != null) {
            ends.shares().close();
        }
        ends.pipeline().drain();
        // Another instance can continue only once the lease has left, and frames wait until then.
        remove(membership, ends.pipeline().monitors().lease());
        ends.pipeline().close();
        remove(watching, ends.polls());
        remove(watching, ends.circuits());
        running = null;
        droppedBefore.add(ends.pipeline().dropped());
        if (!closed) {
            next = Objects.requireNonNull(source).get();
        }
    }

    /** The running pipeline. */
    Optional<Pipeline> pipeline() {
        return Optional.ofNullable(running).map(Served::pipeline);
    }

    /** The state of the pump; empty while another instance serves the partition. */
    PumpView view() {
        return pipeline().map(Pipeline::view).orElse(PumpView.EMPTY);
    }

    /** Wakes the pump because a condition that frames wait for may have changed. */
    void wake() {
        Served runs = running;
        if (runs != null) {
            runs.pipeline().wake();
        }
    }

    /** Steps dropped by the journals of all pipelines so far. */
    long dropped() {
        return droppedBefore.sum() + pipeline().map(Pipeline::dropped).orElse(0L);
    }

    @Override
    public synchronized void close() {
        closed = true;
        release();
    }
}
