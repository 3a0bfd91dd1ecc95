package framebuffer.orchestrator.cluster.membership;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.cluster.InstanceStore;
import framebuffer.redis.cluster.PartitionCandidates;
import framebuffer.wire.text.NaturalOrder;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a partition served by this instance while that is its part, and leaves it to another when that one is there to have it. Each
 * partition is agreed about in its own slot, by those that say there that they are alive, so that one that is away is no trouble to the
 * others.
 *
 * <p>
 * An instance begins to serve only when everybody who served before has left, or is taken for dead, and what those held is its own: the
 * frames of a camera are never in two hands. Safety does not rest on that: whoever acknowledges a frame first hands it off.
 */
public final class PartitionLease implements RedisLoop.Work {
    /** How often it is looked whether the one that served before has let go. */
    private static final Duration SOON = Duration.ofMillis(20);
    /** The longest until the first beat: by then a change of the number of partitions must see us. */
    private static final Duration FIRST = Duration.ofSeconds(1);
    /**
     * How often an instance says that it is there, within its lease: often, for what one that left has served stands still until then.
     */
    private static final int BEATS = 20;
    /** Beats of ours after which one that said nothing is dead: its last is heard up to a beat late, and then it is to be taken over. */
    private static final int SILENT = BEATS - 2;
    private static final Logger log = LoggerFactory.getLogger(PartitionLease.class);

    private final Settings settings;
    private final PartitionCandidates candidates;
    private final InstanceStore instances;
    private final PartitionService service;
    private final LongConsumer lost;
    private final String run = UUID.randomUUID().toString();
    private LeaseExpiryPolicy others = LeaseExpiryPolicy.NOBODY;
    /** The same of those that serve, for one may be there and no more serve, and could not say that it has left. */
    private LeaseExpiryPolicy servers = LeaseExpiryPolicy.NOBODY;
    private boolean looked;
    private boolean counted;
    private boolean serving;
    private boolean waiting;
    private long countedAt;
    private volatile LeaseView view = new LeaseView(List.of(), List.of(), false);

    /**
     * What it is about.
     *
     * @param partition
     *            its number
     * @param partitions
     *            how many there are
     * @param lease
     *            how long an instance may be silent
     * @param ledgerFields
     *            most fields in the ledger
     */
    public record Settings(int partition, int partitions, Duration lease, int ledgerFields) {
        private Duration beat() {
            return lease.dividedBy(BEATS);
        }
    }

    /** What serves the partition here. Both return when it is done. */
    public interface PartitionService {
        /** Begins to. */
        void serve();

        /** Ends, and lets go of what is held. */
        void release();
    }

    /**
     * How it stands.
     *
     * @param serving
     *            the instances that serve the partition
     * @param candidates
     *            the instances that are there
     * @param leads
     *            whether this one is the first of those that are to serve it
     */
    public record LeaseView(List<String> serving, List<String> candidates, boolean leads) {
        public LeaseView {
            serving = List.copyOf(serving);
            candidates = List.copyOf(candidates);
        }
    }

    /**
     * @param lost
     *            is told how many frames of a silent instance were deleted before they were handed off
     */
    public PartitionLease(Settings settings, PartitionCandidates candidates, InstanceStore instances,
            PartitionService service, LongConsumer lost) {
        this.settings = settings;
        this.candidates = candidates;
        this.instances = instances;
        this.service = service;
        this.lost = lost;
    }

    /** How it stood when it was last looked at. */
    public LeaseView view() {
        return view;
    }

    @Override
    public void connected(RedisConnection redis) {
        others = LeaseExpiryPolicy.NOBODY;
        servers = LeaseExpiryPolicy.NOBODY;
        counted = false;
    }

    @Override
    public Duration rest() {
        if (waiting) {
            return SOON;
        }
        return view.candidates().isEmpty() && settings.beat().compareTo(FIRST) > 0 ? FIRST : settings.beat();
    }

    @Override
    public void runOnce(RedisConnection redis) {
        if (!looked) {
            looked = true;
            if (candidates.isAnother(redis)) {
                // It would leave us its part at once. Frames would wait while this process is busy with its start.
                return;
            }
        }
        PartitionCandidates.CandidateStates said = candidates.beat(redis, run);
        count(said);
        if (serving && said.before().isEmpty()) {
            log.warn(
                    "partition {}: this instance was silent for too long, and other instances declared it dead; it begins again",
                    settings.partition());
            release();
        }
        Set<String> silent = others.silent(SILENT, InstanceStore.LEFT);
        silent.forEach(one -> candidates.forget(redis, one, String.valueOf(said.others().get(one))));
        Set<String> living = new TreeSet<>(said.others().keySet());
        living.removeAll(silent);
        living.add(candidates.instance());
        List<String> ours = PartitionAssignment.of(living, settings.partitions()).of(settings.partition());
        boolean isOurs = ours.contains(candidates.instance());
        if (serving && !isOurs) {
            log.info("partition {} goes to {}", settings.partition(), String.join(", ", ours));
            release();
        }
        waiting = isOurs && !serving && !isFree(redis, said.serving(), new HashSet<>(ours), living);
        if (isOurs && !serving && !waiting) {
            log.info("serving partition {}", settings.partition());
            service.serve();
            serving = true;
        }
        show(said.serving(), living, ours);
    }

    private void release() {
        service.release();
        serving = false;
    }

    /** Beats are counted that are as far apart as the others' are, however often it is looked in between. */
    private void count(PartitionCandidates.CandidateStates said) {
        long now = System.nanoTime();
        if (!counted || now - countedAt >= settings.beat().toNanos()) {
            counted = true;
            countedAt = now;
            others = others.after(said.others());
            servers = servers.after(said.serving());
        }
    }

    /** Whether nobody serves it who is not to; what those held that have left, or are dead, is taken over. */
    private boolean isFree(RedisConnection redis, Map<String, String> served, Set<String> ours, Set<String> living) {
        boolean free = true;
        Set<String> silent = servers.silent(SILENT, InstanceStore.LEFT);
        for (Map.Entry<String, String> one : new TreeMap<>(served).entrySet()) {
            boolean gone = silent.contains(one.getKey()) || one.getValue().equals(InstanceStore.LEFT)
                    || !living.contains(one.getKey());
            if (gone) {
                free &= takeOver(redis, one.getKey(), one.getValue());
            } else if (!ours.contains(one.getKey())) {
                free = false;
            }
        }
        return free;
    }

    private boolean takeOver(RedisConnection redis, String other, String said) {
        InstanceStore.TakeOver taken = instances.takeOver(redis, other, said, settings.ledgerFields());
        if (!taken.done()) {
            return false;
        }
        if (taken.frames() > 0) {
            log.info("partition {}: taking over {} frames of {}", settings.partition(), taken.frames(),
                    other);
        }
        if (taken.lost() > 0) {
            lost.accept(taken.lost());
            log.warn("partition {}: {} frames of {} are lost: they were deleted before the hand-off",
                    settings.partition(), taken.lost(), other);
        }
        return true;
    }

    private void show(Map<String, String> served, Set<String> living, List<String> ours) {
        List<String> now = Stream.concat(
                served.entrySet().stream()
                        .filter(one -> !one.getValue().equals(InstanceStore.LEFT) && living.contains(one.getKey()))
                        .map(Map.Entry::getKey),
                serving ? Stream.of(candidates.instance()) : Stream.empty()).sorted(NaturalOrder.NAMES).toList();
        view = new LeaseView(now, List.copyOf(living), ours.getFirst().equals(candidates.instance()));
    }

    @Override
    public void stopping(RedisConnection redis) {
        if (serving) {
            release();
        }
        candidates.leave(redis);
    }
}
