package framebuffer.orchestrator.pipeline.recovery;

import framebuffer.orchestrator.pipeline.intake.Delivery;
import framebuffer.orchestrator.pipeline.intake.Delivery.Charge;
import framebuffer.orchestrator.pipeline.intake.Inbox;
import framebuffer.orchestrator.pipeline.intake.ReadEpochs.ReadEpoch;
import framebuffer.orchestrator.pipeline.recovery.RecoveryPolicy.Reclaim;
import framebuffer.orchestrator.processors.health.HealthPolicy;
import framebuffer.orchestrator.processors.health.ListeningPeriod;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.queues.QueueInspection;
import framebuffer.redis.queues.QueueInspector;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
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
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes frames away from processors: all frames of a cut-off or unregistered processor; of a live one the overdue frames, and those that
 * wait for a capability that it no longer offers. The frames stay in the queue until the pump hands them to another processor; if the first
 * processor acknowledges one before, that frame is left alone.
 */
public final class QueueRecovery implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(QueueRecovery.class);
    private static final Duration REST = Duration.ofMillis(200);
    /** Turns between inspections while all is well: each inspection costs Redis about 0.1 ms. */
    private static final int CALM_TURNS = 3;
    private static final Duration SHORT_REST = Duration.ofMillis(10);
    private static final Duration WAIT = Duration.ofMillis(20);
    static final int BATCH = 200;
    /** Longest pause between two inspections after which the earlier one may still be reused. */
    private static final Duration FORESEEN = Duration.ofSeconds(5);

    private final Keys keys;
    private final RecoveryPolicy policy;
    private final Inbox inbox;
    private final QueueOwners processors;
    private final Map<String, QueueTracker> watches = new HashMap<>();
    /** Queues with several groups that were already logged. */
    private final Set<String> shared = new HashSet<>();
    private final Queue<Delivery> undelivered = new ArrayDeque<>();
    private final ReadEpoch epoch = new ReadEpoch();
    private final ListeningPeriod listening = new ListeningPeriod();
    private Map<String, Instant> inspected = Map.of();
    private long restarts;
    private int turns;

    /** The processors that own queues. */
    public interface QueueOwners {
        /** The registered processors, and the unregistered ones whose queues are not known to be empty. */
        Collection<Incarnation> lives();

        /** Reports that the queue of an unregistered processor is empty: the processor may be forgotten if it is still unregistered. */
        void emptied(Incarnation departed);
    }

    /**
     * @param timeout default time that a processor may take for a frame
     */
    public QueueRecovery(Keys keys, Duration timeout, Inbox inbox, QueueOwners processors) {
        this.keys = keys;
        this.policy = new RecoveryPolicy(timeout);
        this.inbox = inbox;
        this.processors = processors;
    }

    /** Offers all frames again, because the pump has forgotten them. From any thread. */
    public void beginAgain() {
        epoch.beginAgain();
    }

    @Override
    public void connected(RedisConnection redis) {
        reconnected();
    }

    void reconnected() {
        beginAgain();
        listening.restart();
    }

    @Override
    public Duration rest() {
        return undelivered.isEmpty() && watches.values().stream().noneMatch(QueueTracker::hasMore) ? REST : SHORT_REST;
    }

    @Override
    public void runOnce(RedisConnection redis) throws InterruptedException {
        runOnce(QueueInspector.of(redis, keys));
    }

    void runOnce(QueueInspector queues) throws InterruptedException {
        boolean begins = epoch.hasBegun();
        if (begins) {
            watches.values().forEach(QueueTracker::beginAgain);
            undelivered.clear();
        }
        Map<String, Incarnation> lives = processors.lives().stream()
                .collect(Collectors.toMap(incarnation -> keys.queue(incarnation.registration().queue()),
                        Function.identity(),
                        (registered, _) -> registered, LinkedHashMap::new));
        if (begins || !isCalm(lives)) {
            turns = 0;
            inspected = begun(lives);
            Map<String, QueueInspection> looks = inspect(queues, lives);
            looks.values().stream().map(QueueInspection::at).findFirst().filter(listening::observe)
                    // While Redis or this process was away, no acknowledgement could be seen: that time proves nothing.
                    .ifPresent(_ -> watches.values().forEach(QueueTracker::lookAfresh));
            lives.forEach((queue, incarnation) -> reclaim(queues, queue, incarnation,
                    Objects.requireNonNull(looks.get(queue))));
            forgetOthers(lives.keySet());
        }
        while (!undelivered.isEmpty() && inbox.offer(undelivered.element(), WAIT)) {
            undelivered.remove();
        }
    }

    private Map<String, QueueInspection> inspect(QueueInspector queues, Map<String, Incarnation> lives) {
        Map<String, String> owners = new LinkedHashMap<>();
        Map<String, QueueInspection> earlier = new HashMap<>();
        lives.forEach((queue, incarnation) -> {
            owners.put(queue, incarnation.registration().id());
            Optional.ofNullable(watches.get(queue)).flatMap(tracker -> tracker.lasting(incarnation, policy, FORESEEN))
                    .ifPresent(inspection -> earlier.put(queue, inspection));
        });
        return queues.inspect(owners, earlier);
    }

    /** Whether no frames are being taken away, and the queues were inspected a short while ago. */
    private boolean isCalm(Map<String, Incarnation> lives) {
        turns++;
        return turns < CALM_TURNS && undelivered.isEmpty() && begun(lives).equals(inspected)
                && lives.values().stream().noneMatch(incarnation -> incarnation.cutOff() || incarnation.departed())
                && watches.values().stream().noneMatch(QueueTracker::isCutOff);
    }

    private static Map<String, Instant> begun(Map<String, Incarnation> lives) {
        return lives.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, one -> one.getValue().since()));
    }

    private void reclaim(QueueInspector queues, String queue, Incarnation given, QueueInspection inspection) {
        Incarnation incarnation = benefitOfDoubt(given, inspection.at());
        reportSharing(queue, inspection.groups().size());
        if (incarnation.departed() && isEmpty(inspection)) {
            processors.emptied(incarnation);
            return;
        }
        QueueTracker tracker = watches.computeIfAbsent(queue,
                key -> new QueueTracker(FrameSource.queue(key), () -> ++restarts));
        if (tracker.isCutOff() != incarnation.cutOff()) {
            changeOver(tracker, incarnation, inspection);
        }
        List<Reclaim> overdue = tracker.inspect(incarnation, inspection, policy);
        if (!overdue.isEmpty()) {
            log.warn("taking back {} frames from processor {}, which did not acknowledge them", overdue.size(),
                    incarnation.registration().id());
            for (int i = 0; i < overdue.size(); i += BATCH) {
                Map<EntryId, Charge> some = new TreeMap<>();
                overdue.subList(i, Math.min(overdue.size(), i + BATCH))
                        .forEach(one -> some.put(one.entry(), one.charge()));
                offer(tracker, incarnation, queues.entries(queue, List.copyOf(some.keySet())), some);
            }
        } else if (tracker.isCutOff() && undelivered.isEmpty()) {
            offer(tracker, incarnation, tracker.next(after(queues, queue, tracker.offeredUpTo(), inspection), BATCH),
                    Map.of());
        }
        if (!incarnation.cutOff()) {
            offerWithdrawn(queues, queue, tracker, incarnation, inspection);
        }
    }

    private void offer(QueueTracker tracker, Incarnation incarnation, List<StreamEntry> entries,
            Map<EntryId, Charge> charges) {
        undelivered.addAll(tracker.deliveries(entries, charges, incarnation.registration().id(), epoch.current()));
    }

    /** Reads the next entries; a key that is no stream holds foreign data and counts as empty. */
    private static List<StreamEntry> after(QueueInspector queues, String queue, EntryId after,
            QueueInspection inspection) {
        return inspection.length() > 0 ? queues.after(queue, after, BATCH) : List.of();
    }

    /** Offers queued frames that wait for a capability that the processor no longer offers. */
    private void offerWithdrawn(QueueInspector queues, String queue, QueueTracker tracker, Incarnation incarnation,
            QueueInspection inspection) {
        WithdrawnCapabilities withdrawn = tracker.withdrawnCapabilities();
        withdrawn.offers(incarnation.registration().capabilities());
        withdrawn.searchedUpTo().ifPresent(searchedUpTo -> {
            List<StreamEntry> found = withdrawn.next(after(queues, queue, searchedUpTo, inspection), BATCH,
                    inspection.groups());
            if (!found.isEmpty()) {
                log.info(
                        "processor {} no longer offers a capability that {} of its frames wait for; they go to other processors",
                        incarnation.registration().id(), found.size());
                offer(tracker, incarnation, found, Map.of());
            }
        });
    }

    /**
     * Gives processors time after Redis or this process was away and no heartbeat could be seen: a silent processor keeps its frames until
     * it has been silent for a whole lease since then.
     */
    private Incarnation benefitOfDoubt(Incarnation incarnation, Instant now) {
        boolean silent = incarnation.cutOff() && !incarnation.departed() && !now.isBefore(incarnation.expectedBy());
        return silent && now.isBefore(listening.since().plus(HealthPolicy.lease(incarnation.registration())))
                ? new Incarnation(incarnation.registration(), incarnation.since(), false, incarnation.expectedBy(),
                        false, incarnation.probed())
                : incarnation;
    }

    private void changeOver(QueueTracker tracker, Incarnation incarnation, QueueInspection inspection) {
        if (!incarnation.cutOff()) {
            tracker.withdraw(epoch.current()).ifPresent(undelivered::add);
        } else if (!isEmpty(inspection)) {
            log.warn("processor {} is {}; the {} frames in its queue go to other processors",
                    incarnation.registration().id(),
                    incarnation.departed() ? "unregistered" : "cut off", inspection.length());
        }
    }

    private static boolean isEmpty(QueueInspection inspection) {
        return inspection.length() == 0 && inspection.groups().stream().allMatch(group -> group.pending().isEmpty());
    }

    private void forgetOthers(Set<String> present) {
        shared.retainAll(present);
        watches.entrySet().removeIf(tracker -> {
            boolean gone = !present.contains(tracker.getKey());
            if (gone) {
                tracker.getValue().withdraw(epoch.current()).ifPresent(undelivered::add);
            }
            return gone;
        });
    }

    private void reportSharing(String queue, int groups) {
        if (groups <= 1) {
            shared.remove(queue);
        } else if (shared.add(queue)) {
            log.warn("{} is read by {} groups: a frame takes up room there until each of them has acknowledged it",
                    queue, groups);
        }
    }

    /**
     * One incarnation of a processor, from its registration to the next.
     *
     * @param registration the processor
     * @param since when it registered, by Redis's clock: earlier deliveries belong to an earlier incarnation
     * @param cutOff whether it loses all its frames: it is unhealthy or unregistered
     * @param expectedBy the deadline of the next heartbeat: after that the processor is silent
     * @param departed whether it is unregistered: it may be forgotten once its queue is empty
     * @param probed whether its circuit is half-open: a few frames pass, and each failure opens the circuit again
     */
    public record Incarnation(Registration registration, Instant since, boolean cutOff, Instant expectedBy,
            boolean departed,
            boolean probed) {

        /** An incarnation whose circuit is not half-open. */
        public Incarnation(Registration registration, Instant since, boolean cutOff, Instant expectedBy,
                boolean departed) {
            this(registration, since, cutOff, expectedBy, departed, false);
        }
    }
}
