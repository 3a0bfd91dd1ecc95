package framebuffer.orchestrator.pipeline.recovery;

import framebuffer.orchestrator.pipeline.intake.Delivery;
import framebuffer.orchestrator.pipeline.intake.Inbox;
import framebuffer.orchestrator.pipeline.intake.ReadEpochs.ReadEpoch;
import framebuffer.orchestrator.processors.health.HealthPolicy;
import framebuffer.orchestrator.processors.health.ListeningPeriod;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.queues.QueueInspection;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes frames away from processors that will not answer for them: all from one that is cut off or unregistered, those that are overdue
 * or wait for a capability that it has given up from one that lives. They stay where they are until they are handed to another by the same step as new ones; should the processor
 * acknowledge one first, nothing happens to it.
 */
public final class QueueRecovery implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(QueueRecovery.class);
    private static final Duration REST = Duration.ofMillis(200);
    /** While all is well the queues are looked at only every so many turns: it costs Redis some 0.1 ms for each. */
    private static final int CALM_TURNS = 3;
    private static final Duration SHORT_REST = Duration.ofMillis(10);
    private static final Duration WAIT = Duration.ofMillis(20);
    private static final int BATCH = 200;
    /** More than what lies between two looks; after a longer break what was seen before is looked at afresh. */
    private static final Duration FORESEEN = Duration.ofSeconds(5);

    private final Keys keys;
    private final RecoveryPolicy policy;
    private final Inbox inbox;
    private final QueueOwners processors;
    private final Map<String, QueueTracker> watches = new HashMap<>();
    /** Queues that more than one group reads, which has been said. */
    private final Set<String> shared = new HashSet<>();
    private final Queue<Delivery> undelivered = new ArrayDeque<>();
    private final ReadEpoch epoch = new ReadEpoch();
    private long restarts;
    private final ListeningPeriod listening = new ListeningPeriod();
    private Map<String, Instant> looked = Map.of();
    private int turns;

    /** Whose queues there are. */
    public interface QueueOwners {
        /** Those that are registered, and those that were unregistered and whose queues are not known to be empty. */
        Collection<Incarnation> lives();

        /** The queue of one that was unregistered was found empty: it may be forgotten, if that is still so. */
        void emptied(Incarnation departed);
    }

    /**
     * @param timeout
     *            how long a frame may take at a processor that does not say
     */
    public QueueRecovery(Keys keys, Duration timeout, Inbox inbox, QueueOwners processors) {
        this.keys = keys;
        this.policy = new RecoveryPolicy(timeout);
        this.inbox = inbox;
        this.processors = processors;
    }

    /** Whatever was delivered is forgotten: take it again. From any thread. */
    public void beginAgain() {
        epoch.beginAgain();
    }

    @Override
    public void connected(RedisConnection redis) {
        beginAgain();
        listening.restart();
    }

    @Override
    public Duration rest() {
        return undelivered.isEmpty() && watches.values().stream().noneMatch(QueueTracker::hasMore) ? REST : SHORT_REST;
    }

    @Override
    public void runOnce(RedisConnection redis) throws InterruptedException {
        boolean begins = epoch.hasBegun();
        if (begins) {
            watches.values().forEach(QueueTracker::beginAgain);
            undelivered.clear();
        }
        Map<String, Incarnation> lives = processors.lives().stream()
                .collect(Collectors.toMap(incarnation -> keys.queue(incarnation.registration().queue()),
                        Function.identity(),
                        (registered, _) -> registered, LinkedHashMap::new));
        if (!begins && isCalm(lives)) {
            return;
        }
        turns = 0;
        looked = begun(lives);
        Map<String, QueueInspection> looks = inspect(redis, lives);
        looks.values().stream().map(QueueInspection::at).findFirst().filter(listening::observe)
                // Nobody could acknowledge while Redis, or all of us, were away: how long that was says nothing of them.
                .ifPresent(_ -> watches.values().forEach(QueueTracker::lookAfresh));
        for (Map.Entry<String, Incarnation> one : lives.entrySet()) {
            inspect(redis, one.getKey(), one.getValue(), Objects.requireNonNull(looks.get(one.getKey())));
        }
        forgetOthers(lives.keySet());
        while (!undelivered.isEmpty() && inbox.offer(undelivered.element(), WAIT)) {
            undelivered.remove();
        }
    }

    private Map<String, QueueInspection> inspect(RedisConnection redis, Map<String, Incarnation> lives) {
        Map<String, String> owners = new LinkedHashMap<>();
        Map<String, QueueInspection> earlier = new HashMap<>();
        lives.forEach((queue, incarnation) -> {
            owners.put(queue, incarnation.registration().id());
            Optional.ofNullable(watches.get(queue)).flatMap(tracker -> tracker.lasting(incarnation, policy, FORESEEN))
                    .ifPresent(inspection -> earlier.put(queue, inspection));
        });
        return QueueInspection.at(redis, keys, owners, earlier);
    }

    /** Whether nobody's frames are to go to others, as far as is known, and it was looked a short while ago. */
    private boolean isCalm(Map<String, Incarnation> lives) {
        turns++;
        return turns < CALM_TURNS && undelivered.isEmpty() && begun(lives).equals(looked)
                && lives.values().stream().noneMatch(incarnation -> incarnation.cutOff() || incarnation.departed())
                && watches.values().stream().noneMatch(QueueTracker::isCutOff);
    }

    private static Map<String, Instant> begun(Map<String, Incarnation> lives) {
        return lives.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, one -> one.getValue().since()));
    }

    private void inspect(RedisConnection redis, String queue, Incarnation given, QueueInspection inspection) {
        Incarnation incarnation = benefitOfDoubt(given, inspection.at());
        saySharing(queue, inspection.groups().size());
        if (incarnation.departed() && isEmpty(inspection)) {
            processors.emptied(incarnation);
            return;
        }
        QueueTracker tracker = watches.computeIfAbsent(queue,
                key -> new QueueTracker(FrameSource.queue(key), () -> ++restarts));
        if (tracker.isCutOff() != incarnation.cutOff()) {
            turned(tracker, incarnation, inspection);
        }
        SortedMap<EntryId, Delivery.Charge> overdue = tracker.inspect(incarnation, inspection, policy);
        String processor = incarnation.registration().id();
        if (!overdue.isEmpty()) {
            log.warn("taking back {} frames from processor {}, which did not acknowledge them", overdue.size(),
                    processor);
            List<EntryId> ids = List.copyOf(overdue.keySet());
            for (int i = 0; i < ids.size(); i += BATCH) {
                List<EntryId> some = ids.subList(i, Math.min(ids.size(), i + BATCH));
                SortedMap<EntryId, StreamEntry> entries = new TreeMap<>();
                QueueInspection.entries(redis, queue, some).forEach(entry -> entries.put(entry.id(), entry));
                undelivered.addAll(tracker.deliveries(entries, overdue, processor, epoch.current()));
            }
        } else if (tracker.isCutOff() && undelivered.isEmpty()) {
            List<StreamEntry> fetched = QueueInspection.after(redis, queue, tracker.offeredUpTo(), BATCH);
            undelivered.addAll(tracker.deliveries(tracker.next(fetched, BATCH), Map.of(), processor, epoch.current()));
        }
        if (!incarnation.cutOff()) {
            takeWithdrawn(redis, queue, tracker, incarnation, inspection);
        }
    }

    /** What waits there for a capability that its processor no longer offers goes to others. */
    private void takeWithdrawn(RedisConnection redis, String queue, QueueTracker tracker, Incarnation incarnation,
            QueueInspection inspection) {
        WithdrawnCapabilities withdrawn = tracker.withdrawnCapabilities();
        withdrawn.offers(incarnation.registration().capabilities());
        EntryId searchedUpTo = withdrawn.searchedUpTo();
        if (searchedUpTo == null) {
            return;
        }
        String processor = incarnation.registration().id();
        List<StreamEntry> fetched = inspection.length() > 0
                ? QueueInspection.after(redis, queue, searchedUpTo, BATCH)
                : List.of();
        SortedMap<EntryId, StreamEntry> found = withdrawn.next(fetched, BATCH, inspection.groups());
        if (!found.isEmpty()) {
            log.info(
                    "{} frames in the queue of processor {} need a capability that it no longer offers; they go to other processors",
                    found.size(), processor);
            undelivered.addAll(tracker.deliveries(found, Map.of(), processor, epoch.current()));
        }
    }

    /**
     * While Redis or all of us were away nobody could be heard. Whoever is only silent keeps what it has until it has been silent for
     * its lease since we are back.
     */
    private Incarnation benefitOfDoubt(Incarnation incarnation, Instant now) {
        boolean silent = incarnation.cutOff() && !incarnation.departed() && !now.isBefore(incarnation.expectedBy());
        return silent && now.isBefore(listening.since().plus(HealthPolicy.lease(incarnation.registration())))
                ? new Incarnation(incarnation.registration(), incarnation.since(), false, incarnation.expectedBy(),
                        false, incarnation.probed())
                : incarnation;
    }

    private void turned(QueueTracker tracker, Incarnation incarnation, QueueInspection inspection) {
        if (incarnation.cutOff()) {
            if (!isEmpty(inspection)) {
                log.warn("processor {} is {}; the {} frames in its queue go to other processors",
                        incarnation.registration().id(),
                        incarnation.departed() ? "unregistered" : "cut off", inspection.length());
            }
        } else {
            withdraw(tracker);
        }
    }

    private void withdraw(QueueTracker tracker) {
        Delivery withdrawn = tracker.withdrawn(epoch.current());
        if (withdrawn != null) {
            undelivered.add(withdrawn);
        }
    }

    /** A key that is no stream holds no frames, and somebody else's data: it is left alone. */
    private static boolean isEmpty(QueueInspection inspection) {
        return inspection.length() <= 0 && inspection.groups().stream().allMatch(group -> group.pending().isEmpty());
    }

    private void forgetOthers(Set<String> present) {
        shared.retainAll(present);
        List<String> gone = new ArrayList<>(watches.keySet());
        gone.removeAll(present);
        gone.forEach(queue -> {
            QueueTracker tracker = watches.remove(queue);
            if (tracker != null) {
                withdraw(tracker);
            }
        });
    }

    private void saySharing(String queue, int groups) {
        if (groups <= 1) {
            shared.remove(queue);
        } else if (shared.add(queue)) {
            log.warn("queue {} is read by {} groups: a frame there holds room until each of them has acknowledged it",
                    queue, groups);
        }
    }

    /**
     * One life of a processor, from its registering to its registering anew.
     *
     * @param registration
     *            who it is
     * @param since
     *            when it registered, by Redis's clock: what was delivered before was delivered to an earlier life
     * @param cutOff
     *            whether all that it has goes to others: it is unhealthy, or unregistered
     * @param expectedBy
     *            by when it must be heard of not to be silent
     * @param departed
     *            whether it is unregistered: when its queue is empty it may be forgotten
     * @param probed
     *            whether its circuit is half-open: a few frames are let through, and each that fails opens it again
     */
    public record Incarnation(Registration registration, Instant since, boolean cutOff, Instant expectedBy,
            boolean departed,
            boolean probed) {

        /** One whose circuit is not half-open. */
        public Incarnation(Registration registration, Instant since, boolean cutOff, Instant expectedBy,
                boolean departed) {
            this(registration, since, cutOff, expectedBy, departed, false);
        }
    }
}
