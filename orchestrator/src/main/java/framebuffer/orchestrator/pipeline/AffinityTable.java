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
 * Knows which processor each camera has, as all instances have agreed, and has placed what the pump wishes. The pump reads the view,
 * which costs it nothing; when a wish has been answered, or others have changed something, there is another view.
 */
public final class AffinityTable implements RedisLoop.Work {
    private final AffinityLimits limits;
    /** How soon a change made by another instance is seen. */
    static final Duration LOOK = Duration.ofMillis(25);

    private static final int SEEN_AT_ONCE = 1_000;

    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    private final AffinityStore forgetful;
    /** The same while it is not known how long somebody was not seen, for Redis's clock was set: nobody is forgotten. */
    private final AffinityStore lasting;
    private final BooleanSupplier doubted;
    private final Runnable changed;
    private final BlockingQueue<Proposal> wishes = new ArrayBlockingQueue<>(1);
    private volatile CameraAssignments view = CameraAssignments.UNREAD;
    private boolean begun;

    /**
     * Bounds on what is remembered.
     *
     * @param cameras
     *            assignments remembered, at most: one for each camera and capability. Cameras beyond are spread by the hash of their
     *            name
     * @param keep
     *            how long an assignment is remembered without a frame
     */
    public record AffinityLimits(int cameras, Duration keep) {
        public static final AffinityLimits DEFAULT = new AffinityLimits(10_000, Duration.ofHours(1));
    }

    /**
     * What a pump wishes.
     *
     * @param on
     *            the view that it was decided on; on another nothing is placed
     * @param places
     *            what is to be whose
     * @param seen
     *            of which frames have been handed off
     */
    record Proposal(CameraAssignments on, Map<CameraNeed, String> places, List<CameraNeed> seen) {
    }

    /**
     * @param clock
     *            the time in Redis
     * @param changed
     *            is called when there is another view; returns at once
     */
    public AffinityTable(Keys keys, AffinityLimits limits, ServiceClock clock, Runnable changed) {
        this.limits = limits;
        Duration keep = limits.keep();
        this.forgetful = new AffinityStore(keys, keep);
        this.lasting = new AffinityStore(keys, FOR_EVER);
        this.doubted = () -> clock.wasSetWithin(keep);
        this.changed = changed;
    }

    /** What is agreed on at this moment. */
    static CameraAssignments read(RedisConnection redis, Keys keys, AffinityLimits limits) {
        AffinityStore.AffinityAnswer answer = new AffinityStore(keys, limits.keep()).sync(redis,
                new AffinityStore.AffinityUpdate(AffinityStore.NO_VERSION, List.of(), Map.of()));
        return new CameraAssignments(answer.version(), answer.entries());
    }

    AffinityLimits limits() {
        return limits;
    }

    /** What is agreed on, as far as is known. */
    CameraAssignments view() {
        return view;
    }

    /** Takes a wish; false when the one before has not been taken up yet. */
    boolean offer(Proposal proposal) {
        return wishes.offer(proposal);
    }

    /** What was wished on the earlier connection may or may not have happened: there will be another view in any case. */
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
