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
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts and stops the serving of one partition by this instance. Candidates of a partition agree within its slot, so that the loss of one
 * partition does not affect the others.
 *
 * <p>
 * An instance begins to serve when each earlier server has left or is dead and its frames are taken over: two instances never have frames
 * of the same camera. Safety does not depend on that: the first instance that acknowledges a frame hands it off.
 */
public final class PartitionLease implements RedisLoop.Work {
    /** Interval between checks whether the earlier server has released the partition. */
    private static final Duration SOON = Duration.ofMillis(20);
    /** Longest time until the first beat: by then a change of the number of partitions must see this instance. */
    private static final Duration FIRST = Duration.ofSeconds(1);
    /** Heartbeats within a lease. Many, because the partitions of a dead instance stop until the others notice. */
    private static final int BEATS = 20;
    /** Beats of ours after which a silent instance is dead: its last beat is seen up to a beat late, and the take-over takes another. */
    private static final int SILENT = BEATS - 2;
    private static final Logger log = LoggerFactory.getLogger(PartitionLease.class);

    private final Duration beat;
    private final PartitionCandidates candidates;
    private final FrameTakeOver takeOver;
    private final PartitionService service;
    private final String run = UUID.randomUUID().toString();
    private LeaseExpiryPolicy others = LeaseExpiryPolicy.NOBODY;
    /** Beats of the servers: an instance may be a candidate without serving, and then could not announce that it leaves. */
    private LeaseExpiryPolicy servers = LeaseExpiryPolicy.NOBODY;
    private boolean looked;
    private boolean counted;
    private boolean serving;
    private boolean waiting;
    private long countedAt;
    private volatile LeaseView view = new LeaseView(List.of(), List.of(), false);

    /** Serves the partition. Both methods return when they are done. */
    public interface PartitionService {
        /** Begins to serve. */
        void serve();

        /** Stops serving and releases all frames. */
        void release();
    }

    /**
     * The state of the lease.
     *
     * @param serving instances that serve the partition
     * @param candidates live instances
     * @param leads whether this instance is the first of the assigned ones
     */
    public record LeaseView(List<String> serving, List<String> candidates, boolean leads) {
        public LeaseView {
            serving = List.copyOf(serving);
            candidates = List.copyOf(candidates);
        }
    }

    /**
     * @param lease how long an instance may be silent
     */
    public PartitionLease(PartitionCandidates candidates, Duration lease, FrameTakeOver takeOver,
            PartitionService service) {
        this.beat = lease.dividedBy(BEATS);
        this.candidates = candidates;
        this.takeOver = takeOver;
        this.service = service;
    }

    /** The state as of the last turn. */
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
        return view.candidates().isEmpty() && beat.compareTo(FIRST) > 0 ? FIRST : beat;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        if (!looked) {
            looked = true;
            if (candidates.isAnother(redis)) {
                // The other instance would release the partition at once, and its frames would wait until this process has started.
                return;
            }
        }
        PartitionCandidates.CandidateBeats beats = candidates.beat(redis, run);
        count(beats);
        if (serving && !beats.known()) {
            log.warn("partition {}: other instances took this one for dead; it begins again", candidates.partition());
            release();
        }
        Set<String> silent = others.silent(SILENT, InstanceStore.LEFT);
        silent.forEach(one -> candidates.forget(redis, one, String.valueOf(beats.others().get(one))));
        Set<String> living = new TreeSet<>(beats.others().keySet());
        living.removeAll(silent);
        living.add(candidates.instance());
        List<String> ours = PartitionAssignment.of(living, candidates.partitions()).of(candidates.partition());
        boolean isOurs = ours.contains(candidates.instance());
        if (serving && !isOurs) {
            log.info("partition {} goes to {}", candidates.partition(), String.join(", ", ours));
            release();
        }
        waiting = isOurs && !serving && !isFree(redis, beats.serving(), new HashSet<>(ours), living);
        if (isOurs && !serving && !waiting) {
            log.info("serving partition {}", candidates.partition());
            service.serve();
            serving = true;
        }
        show(beats.serving(), living, ours);
    }

    private void release() {
        service.release();
        serving = false;
    }

    /** Counts beats at the interval of the other instances, even if several turns pass in between. */
    private void count(PartitionCandidates.CandidateBeats beats) {
        long now = System.nanoTime();
        if (!counted || now - countedAt >= beat.toNanos()) {
            counted = true;
            countedAt = now;
            others = others.after(beats.others());
            servers = servers.after(beats.serving());
        }
    }

    /** Whether all servers are assigned ones; takes over the frames of servers that have left or are dead. */
    private boolean isFree(RedisConnection redis, Map<String, String> served, Set<String> ours, Set<String> living) {
        boolean free = true;
        Set<String> silent = servers.silent(SILENT, InstanceStore.LEFT);
        for (Map.Entry<String, String> one : new TreeMap<>(served).entrySet()) {
            boolean gone = silent.contains(one.getKey()) || one.getValue().equals(InstanceStore.LEFT)
                    || !living.contains(one.getKey());
            if (gone) {
                free &= takeOver.takeOver(redis, one.getKey(), one.getValue()).complete();
            } else if (!ours.contains(one.getKey())) {
                free = false;
            }
        }
        return free;
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
