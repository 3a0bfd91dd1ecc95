package framebuffer.orchestrator.cluster.membership;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
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
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says again and again that this instance runs, and takes over what another holds that has been silent for its lease. Should that one
 * only have been suspended, it can do nothing twice: whoever acknowledges a frame first hands it off, and its counts are refused.
 */
public final class InstanceLease implements RedisLoop.Work {
    /** How often an instance says that it runs, within its lease. */
    private static final int BEATS = 5;

    private static final Duration TOLD_FOR = Duration.ofMinutes(5);
    private static final int MOST_GONE = 100;

    private static final Logger log = LoggerFactory.getLogger(InstanceLease.class);

    private final InstanceStore instances;
    private final LeaseSettings settings;
    private final LongConsumer lost;
    private final Runnable takenOver;
    private final String run = UUID.randomUUID().toString();
    private LeaseExpiryPolicy others = LeaseExpiryPolicy.NOBODY;
    private boolean saidBefore;
    private volatile boolean contested;
    /** Instance that is gone → for how many beats that is still told. */
    private final Map<String, Integer> gone = new ConcurrentHashMap<>();

    /**
     * What it is told.
     *
     * @param lease
     *            how long an instance may be silent
     * @param ledgerFields
     *            most fields in the ledger
     */
    public record LeaseSettings(Duration lease, int ledgerFields) {
    }

    /**
     * @param lost
     *            is told how many frames of a silent instance were deleted before they were handed off
     * @param takenOver
     *            is called when more is pending for this instance than it has read
     */
    public InstanceLease(InstanceStore instances, LeaseSettings settings, LongConsumer lost, Runnable takenOver) {
        this.instances = instances;
        this.settings = settings;
        this.lost = lost;
        this.takenOver = takenOver;
    }

    /** Instance → what is wrong with it: it is gone, or there are two of the name. */
    public Map<String, String> missing() {
        Map<String, String> all = new TreeMap<>(NaturalOrder.NAMES);
        gone.forEach((name, _) -> all.put(name, "has been silent for longer than "
                + settings.lease().toSeconds() + " s; another instance has taken over its frames"));
        alert().ifPresent(why -> all.put(instances.instance(), why));
        return all;
    }

    /** What an operator should know of; empty: nothing. */
    public Optional<String> alert() {
        return contested
                ? Optional.of("another instance runs under the same name, " + instances.instance()
                        + ": give each its own --instance-id")
                : Optional.empty();
    }

    @Override
    public void connected(RedisConnection redis) {
        others = LeaseExpiryPolicy.NOBODY;
        saidBefore = false;
    }

    @Override
    public Duration rest() {
        return settings.lease().dividedBy(BEATS);
    }

    @Override
    public void runOnce(RedisConnection redis) {
        InstanceStore.InstanceStates said = instances.beat(redis, run);
        notice(said.before());
        others = others.after(said.others());
        remember(said.others().keySet());
        for (String silent : others.silent(BEATS, InstanceStore.LEFT)) {
            takeOver(redis, silent, String.valueOf(said.others().get(silent)));
        }
    }

    @Override
    public void stopping(RedisConnection redis) {
        instances.leave(redis, run);
    }

    /** One that is gone is told of for some time, or until it is back. */
    private void remember(Set<String> there) {
        gone.keySet().removeAll(there);
        gone.replaceAll((_, beats) -> beats - 1);
        gone.values().removeIf(beats -> beats <= 0);
    }

    private void notice(String before) {
        // Nothing: it was taken for dead, or Redis has forgotten it.
        boolean others = saidBefore && !before.isEmpty() && !before.endsWith(run);
        if (others != contested) {
            contested = others;
            alert().ifPresentOrElse(log::warn,
                    () -> log.info("no other instance runs under the name {} any more", instances.instance()));
        }
        saidBefore = true;
    }

    private void takeOver(RedisConnection redis, String silent, String said) {
        InstanceStore.TakeOver taken;
        try {
            taken = instances.takeOver(redis, silent, said, settings.ledgerFields());
        } catch (RedisUnavailable e) {
            // It may have happened all the same.
            takenOver.run();
            throw e;
        }
        if (!taken.done()) {
            return;
        }
        if (!said.equals(InstanceStore.LEFT) && gone.size() < MOST_GONE) {
            gone.put(silent, (int) (TOLD_FOR.toMillis() / rest().toMillis()));
        }
        // One that left with nothing in hand is no news: each restart leaves such a one behind.
        if (taken.frames() > 0 || !said.equals(InstanceStore.LEFT)) {
            log.warn("instance {} {}; taking over {} of its frames", silent,
                    said.equals(InstanceStore.LEFT)
                            ? "has shut down"
                            : "has been silent for " + settings.lease().toSeconds() + " s",
                    taken.frames());
        }
        if (taken.lost() > 0) {
            lost.accept(taken.lost());
            log.warn("{} frames of instance {} are lost: they were deleted before the hand-off",
                    taken.lost(), silent);
        }
        takenOver.run();
    }
}
