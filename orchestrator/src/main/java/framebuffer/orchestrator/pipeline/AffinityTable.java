package framebuffer.orchestrator.pipeline;

import framebuffer.orchestrator.pipeline.routing.CameraAssignments;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.cluster.ServiceClock;
import framebuffer.redis.tables.AffinityStore;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The processor of each camera, as all instances have agreed, and the loop that writes the pump's proposals to Redis. The pump reads the
 * view without waiting; the view is replaced when a proposal is answered or another instance changes the table.
 */
public final class AffinityTable implements RedisLoop.Work {
    private final AffinityLimits limits;
    /** Delay at most until a change by another instance is seen. */
    static final Duration LOOK = Duration.ofMillis(25);

    private static final int SEEN_AT_ONCE = 1_000;

    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    private final AffinityStore forgetful;
    /** The same store without expiry, for use after Redis's clock was set, when the age of an assignment is unknown. */
    private final AffinityStore lasting;
    private final BooleanSupplier doubted;
    private final Runnable changed;
    private final BlockingQueue<Proposal> wishes = new ArrayBlockingQueue<>(1);
    private volatile CameraAssignments view = CameraAssignments.UNREAD;
    private boolean begun;

    /**
     * Bounds of the table.
     *
     * @param cameras most assignments, one for each camera and capability; other cameras are spread by the hash of their name
     * @param keep how long an assignment is kept without a frame
     */
    public record AffinityLimits(int cameras, Duration keep) {
        public static final AffinityLimits DEFAULT = new AffinityLimits(10_000, Duration.ofHours(1));
    }

    /**
     * Changes that the pump proposes.
     *
     * @param on the view on which they were decided; on another view nothing is assigned
     * @param places the new assignments
     * @param seen assignments that were used: their frames were handed off
     */
    record Proposal(CameraAssignments on, Map<CameraNeed, String> places, List<CameraNeed> seen) {
    }

    /**
     * @param clock Redis's clock
     * @param changed is called when the view is replaced; returns at once
     */
    public AffinityTable(Keys keys, AffinityLimits limits, ServiceClock clock, Runnable changed) {
        this.limits = limits;
        Duration keep = limits.keep();
        this.forgetful = new AffinityStore(keys, keep);
        this.lasting = new AffinityStore(keys, FOR_EVER);
        this.doubted = () -> clock.wasSetWithin(keep);
        this.changed = changed;
    }

    /** Reads the current table. */
    static CameraAssignments read(RedisConnection redis, Keys keys, AffinityLimits limits) {
        AffinityStore.AffinityAnswer answer = new AffinityStore(keys, limits.keep()).sync(redis,
                new AffinityStore.AffinityUpdate(AffinityStore.NO_VERSION, List.of(), Map.of()));
        return new CameraAssignments(answer.version(), answer.entries());
    }

    AffinityLimits limits() {
        return limits;
    }

    /** The newest view that was read. */
    CameraAssignments view() {
        return view;
    }

    /** Takes a proposal; false while the one before is not yet written. */
    boolean offer(Proposal proposal) {
        return wishes.offer(proposal);
    }

    /** A proposal sent on the earlier connection may have been applied or not: the view is replaced in any case. */
    @Override
    public void connected(RedisConnection redis) {
        begun = false;
    }

    @Override
    public void runOnce(RedisConnection redis) throws InterruptedException {
        Proposal proposal = begun ? wishes.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS) : null;
        if (proposal != null) {
            for (int i = 0; i < proposal.seen().size(); i += SEEN_AT_ONCE) {
                sync(redis, proposal.seen().subList(i, Math.min(i + SEEN_AT_ONCE, proposal.seen().size())), null);
            }
        }
        sync(redis, List.of(), proposal);
    }

    private void sync(RedisConnection redis, List<CameraNeed> seen, @Nullable Proposal proposal) {
        CameraAssignments before = view;
        Proposal timely = proposal != null && proposal.on() == before ? proposal : null;
        AffinityStore.AffinityAnswer answer = (doubted.getAsBoolean() ? lasting : forgetful).sync(redis,
                new AffinityStore.AffinityUpdate(begun ? before.version() : AffinityStore.NO_VERSION, seen,
                        timely == null ? Map.of() : timely.places()));
        begun = true;
        if (answer.whole()) {
            view = new CameraAssignments(answer.version(), answer.entries());
        } else if (timely != null || !answer.entries().isEmpty()) {
            view = before.after(answer.version(), answer.entries());
        }
        if (view != before) {
            changed.run();
        }
    }
}
