package framebuffer.orchestrator.cluster.membership;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.InstanceStore;
import framebuffer.wire.text.NaturalOrder;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends the heartbeat of this instance, and takes over the frames of an instance that has been silent for its lease. */
public final class InstanceLease implements RedisLoop.Work {
    /** Heartbeats within a lease. */
    private static final int BEATS = 5;

    private static final Duration REPORT_FOR = Duration.ofMinutes(5);
    private static final int MOST_REPORTED = 100;

    private static final Logger log = LoggerFactory.getLogger(InstanceLease.class);

    private final Duration lease;
    private final FrameTakeOver takeOver;
    private final InstanceStore instances;
    private final Runnable takenOver;
    private final String run = UUID.randomUUID().toString();
    private LeaseExpiryPolicy others = LeaseExpiryPolicy.NOBODY;
    private boolean sentBefore;
    private volatile boolean contested;
    /** Dead instance → for how many more beats it is reported. */
    private final Map<String, Integer> dead = new ConcurrentHashMap<>();

    /**
     * @param lease how long an instance may be silent
     * @param takenOver called when more frames are pending for this instance than it has read
     */
    public InstanceLease(Duration lease, FrameTakeOver takeOver, Runnable takenOver) {
        this.lease = lease;
        this.takeOver = takeOver;
        this.instances = takeOver.instances();
        this.takenOver = takenOver;
    }

    /** Instance → its fault: it is dead, or two instances have the same name. */
    public Map<String, String> missing() {
        Map<String, String> all = new TreeMap<>(NaturalOrder.NAMES);
        dead.forEach((name, _) -> all.put(name,
                "has been silent for longer than " + lease.toSeconds()
                        + " s; another instance has taken over its frames"));
        alert().ifPresent(why -> all.put(instances.instance(), why));
        return all;
    }

    /** A problem for the operator; empty: none. */
    public Optional<String> alert() {
        return contested
                ? Optional.of("another instance runs under the same name, " + instances.instance()
                        + ": give each its own --instance-id")
                : Optional.empty();
    }

    @Override
    public void connected(RedisConnection redis) {
        others = LeaseExpiryPolicy.NOBODY;
        sentBefore = false;
    }

    @Override
    public Duration rest() {
        return lease.dividedBy(BEATS);
    }

    @Override
    public void runOnce(RedisConnection redis) {
        InstanceStore.InstanceBeats beats = instances.beat(redis, run);
        notice(beats.own());
        others = others.after(beats.others());
        remember(beats.others().keySet());
        for (String silent : others.silent(BEATS, InstanceStore.LEFT)) {
            takeOver(redis, silent, String.valueOf(beats.others().get(silent)));
        }
    }

    @Override
    public void stopping(RedisConnection redis) {
        instances.leave(redis, run);
    }

    /** A dead instance is reported for some time, or until it is back. */
    private void remember(Set<String> present) {
        dead.keySet().removeAll(present);
        dead.replaceAll((_, beats) -> beats - 1);
        dead.values().removeIf(beats -> beats <= 0);
    }

    /** Handles a missing own beat: others took this instance for dead, or Redis has lost it. */
    private void notice(Optional<String> own) {
        boolean another = sentBefore && own.filter(beat -> !beat.endsWith(run)).isPresent();
        if (another != contested) {
            contested = another;
            alert().ifPresentOrElse(log::warn,
                    () -> log.info("instance name {} is unique again", instances.instance()));
        }
        sentBefore = true;
    }

    private void takeOver(RedisConnection redis, String silent, String beat) {
        InstanceStore.TakenFrames taken;
        try {
            taken = takeOver.takeOver(redis, silent, beat);
        } catch (RedisUnavailable | RedisRefused e) {
            // Redis may have taken over some frames nevertheless.
            takenOver.run();
            throw e;
        }
        if (taken.complete() && !beat.equals(InstanceStore.LEFT) && dead.size() < MOST_REPORTED) {
            dead.put(silent, (int) (REPORT_FOR.toMillis() / rest().toMillis()));
        }
        if (taken.complete() || !taken.isEmpty()) {
            takenOver.run();
        }
    }
}
