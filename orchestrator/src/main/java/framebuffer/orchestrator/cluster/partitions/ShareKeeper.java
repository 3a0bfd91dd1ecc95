package framebuffer.orchestrator.cluster.partitions;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisAddress.ConnectTimeouts;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.tables.ShareStore;
import framebuffer.redis.tables.ShareStore.OwnShare;
import framebuffer.redis.tables.ShareStore.ShareChange;
import framebuffer.redis.tables.ShareStore.ShareRequest;
import framebuffer.redis.tables.ShareStore.VersionedCount;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what one partition has of the capacities of processors that read in all partitions. While the first partition, where that is
 * agreed, is away, each keeps what it has.
 */
public final class ShareKeeper implements RedisLoop.Work {
    private static final Duration REST = Duration.ofMillis(200);
    /** So long it is waited for the first partition at most; meanwhile what stands in the own one is used as it is. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    /** What a partition said longer ago it does not want any more. */
    private static final long HEEDED_SECONDS = 10;
    private static final Logger log = LoggerFactory.getLogger(ShareKeeper.class);

    private final Settings settings;
    private final Supplier<SharedProcessors> processors;
    private final Supplier<Map<String, Integer>> waiting;
    private final Runnable changed;
    private final BooleanSupplier leads;
    private volatile Map<String, Integer> view = Map.of();
    private RecentDemand recent = RecentDemand.NONE;
    private @Nullable RedisConnection first;
    private boolean alone;

    /**
     * Where it is kept.
     *
     * @param own
     *            the partition
     * @param first
     *            the one where all have agreed
     * @param partitions
     *            how many there are
     */
    public record Settings(Partition own, Partition first, int partitions) {
    }

    /**
     * The processors.
     *
     * @param registered
     *            all
     * @param available
     *            ids of those that get frames here
     * @param departed
     *            those that are registered no more, and whose queues may hold frames
     */
    public record SharedProcessors(Collection<Registration> registered, Set<String> available,
            Collection<Registration> departed) {
        public SharedProcessors {
            registered = List.copyOf(registered);
            available = Set.copyOf(available);
            departed = List.copyOf(departed);
        }
    }

    /**
     * @param processors
     *            those that there are
     * @param waiting
     *            capability → frames that wait here for want of it; empty text: of any
     * @param leads
     *            whether this instance is to keep them; another may serve the partition too, and only reads them
     * @param changed
     *            is called when a share has changed; returns at once
     */
    public ShareKeeper(Settings settings, Supplier<SharedProcessors> processors,
            Supplier<Map<String, Integer>> waiting, BooleanSupplier leads, Runnable changed) {
        this.settings = settings;
        this.processors = processors;
        this.waiting = waiting;
        this.leads = leads;
        this.changed = changed;
    }

    /** Processor → how many frames of its capacity are this partition's, as far as is known; of those that are shared out. */
    public Map<String, Integer> view() {
        return view;
    }

    @Override
    public Duration rest() {
        return REST;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        Map<String, Registration> shared = new TreeMap<>();
        SharedProcessors known = processors.get();
        known.registered().stream().filter(Registration::isInAll)
                .forEach(one -> shared.put(queue(one), one));
        Map<String, OwnShare> shares = new HashMap<>(
                ShareStore.read(redis, settings.own().keys(), List.copyOf(shared.keySet())));
        shares.putAll(ShareStore.set(redis, settings.own().keys(), shares.entrySet().stream()
                .filter(one -> one.getValue().field().isEmpty())
                .map(one -> new ShareChange(one.getKey(), "", VersionedCount.givenUp(0))).toList()));
        // Before the first partition is asked, which may not answer: what stands here can be used meanwhile.
        show(shared, shares);
        try {
            if (leads.getAsBoolean()) {
                recent = recent.after(demand(known.available(), shared, shares));
                agree(redis, known, shared, shares);
            }
            alone = false;
        } catch (RedisUnavailable | RedisRefused e) {
            forgetFirst();
            if (!alone) {
                log.warn("{} leaves its shares of capacity unchanged: {}", settings.own(),
                        e.getMessage());
            }
            alone = true;
        }
        show(shared, shares);
    }

    @Override
    public void stopping(RedisConnection redis) {
        forgetFirst();
    }

    private String queue(Registration processor) {
        return settings.own().keys().queue(processor.queue());
    }

    private void agree(RedisConnection redis, SharedProcessors known, Map<String, Registration> shared,
            Map<String, OwnShare> shares) {
        Map<String, Long> demand = recent.counted();
        RedisConnection agreed = first();
        ShareStore.ShareReading all = ShareStore.publish(agreed, settings.first().keys(), settings.own().number(),
                said(demand, agreed));
        ShareStore.grant(agreed, settings.first().keys(), settings.own().number(), settings.partitions(),
                new ShareWithdrawal(all, settings.own().number(), known.registered(), known.departed())
                        .begin(redis, settings.own().keys()));
        Map<String, Long> targets = targets(all, shared.values(), demand);
        ShareTurn turn = new ShareTurn(all, settings.own().number(), shared, shares, targets);
        Set<String> givenUp = giveUp(redis, turn);
        take(redis, turn, ask(agreed, turn, givenUp));
    }

    /** Key of a queue → what this partition should have of its processor. */
    private Map<String, Long> targets(ShareStore.ShareReading all, Collection<Registration> shared,
            Map<String, Long> demand) {
        DemandReports demands = DemandReports.of(all, settings.partitions(), HEEDED_SECONDS);
        Map<String, Long> targets = new HashMap<>();
        alike(shared).forEach(some -> {
            SharePlan plan = new SharePlan(
                    some.stream().map(one -> new SharePlan.PlannedProcessor(one.id(), one.capacity(),
                            IntStream.range(0, settings.partitions()).mapToObj(i -> all.granted(one.id(), i).frames())
                                    .toList(),
                            demands.of(one.id(), settings.own().number(), demand.getOrDefault(one.id(), 0L)))).toList(),
                    all.seconds());
            some.forEach(one -> targets.put(queue(one), plan.of(one.id(), settings.own().number())));
        });
        return targets;
    }

    /**
     * What is known in one turn.
     *
     * @param shared
     *            key of a queue → its processor
     * @param shares
     *            key of a queue → what this partition has, as far as it was changed in this turn too
     * @param targets
     *            key of a queue → what it should have
     */
    private record ShareTurn(ShareStore.ShareReading all, int own, Map<String, Registration> shared,
            Map<String, OwnShare> shares,
            Map<String, Long> targets) {
        OwnShare share(String queue) {
            return Objects.requireNonNull(shares.get(queue));
        }

        long target(String queue) {
            return Objects.requireNonNull(targets.get(queue));
        }

        VersionedCount granted(Registration processor) {
            return all.granted(processor.id(), own);
        }
    }

    /**
     * First what is to be given up is used no longer. The share becomes another one each time, so that who was about to raise it, and was
     * held up, does so no more. Answers of which this was done: where somebody else was faster, nothing may be given back.
     */
    private Set<String> giveUp(RedisConnection redis, ShareTurn turn) {
        List<ShareChange> changes = new ArrayList<>();
        turn.shared().forEach((queue, one) -> {
            OwnShare share = turn.share(queue);
            long granted = turn.granted(one).frames();
            long most = Math.min(granted, turn.target(queue));
            if (share.stand().frames() > most || most < granted) {
                changes.add(new ShareChange(queue, share.field(),
                        VersionedCount.givenUp(Math.min(share.stand().frames(), most))));
            }
        });
        Map<String, OwnShare> done = ShareStore.set(redis, settings.own().keys(), changes);
        turn.shares().putAll(done);
        return done.keySet();
    }

    /**
     * Then it is given back, but for what is still outstanding; and what is wanted is asked for, or confirmed where it was given before and
     * not used, so that who was about to give it back, and was held up, does so no more. Answers what was done.
     */
    private Map<String, VersionedCount> ask(RedisConnection agreed, ShareTurn turn, Set<String> givenUp) {
        List<ShareRequest> wishes = new ArrayList<>();
        turn.shared().forEach((queue, one) -> {
            OwnShare share = turn.share(queue);
            VersionedCount granted = turn.granted(one);
            long target = turn.target(queue);
            boolean unused = share.stand().frames() < Math.min(granted.frames(), target);
            long wanted = granted.frames();
            if (target < wanted && givenUp.contains(queue)) {
                wanted = Math.max(target, Math.max(share.stand().frames(), share.outstanding()));
            } else if (target > wanted && !unused) {
                wanted = target;
            }
            if (wanted != granted.frames() || unused) {
                wishes.add(new ShareRequest(one.id(), one.capacity(), granted.version(), wanted));
            }
        });
        return ShareStore.grant(agreed, settings.first().keys(), settings.own().number(), settings.partitions(),
                wishes);
    }

    /** Then what was given, or confirmed, is used. */
    private void take(RedisConnection redis, ShareTurn turn, Map<String, VersionedCount> given) {
        List<ShareChange> changes = new ArrayList<>();
        turn.shared().forEach((queue, one) -> {
            VersionedCount stand = given.get(one.id());
            if (stand != null) {
                changes.add(new ShareChange(queue, turn.share(queue).field(),
                        new VersionedCount(Math.min(stand.frames(), turn.target(queue)), stand.version())));
            }
        });
        turn.shares().putAll(ShareStore.set(redis, settings.own().keys(), changes));
    }

    /** Those that can do the same, each in the same order everywhere. */
    private static Collection<List<Registration>> alike(Collection<Registration> processors) {
        return processors.stream().sorted(Comparator.comparing(Registration::id))
                .collect(Collectors.groupingBy(one -> Set.copyOf(one.capabilities()))).values();
    }

    /** What could be given here to a processor and those like it: what they have, and what waits for one like them. */
    private Map<String, Long> demand(Set<String> available, Map<String, Registration> shared,
            Map<String, OwnShare> shares) {
        Map<String, Integer> waits = waiting.get();
        Map<String, Long> demand = new TreeMap<>();
        alike(shared.values()).forEach(some -> {
            long could = waits.entrySet().stream().filter(wait -> some.getFirst().canProcess(wait.getKey()))
                    .mapToLong(Map.Entry::getValue).sum()
                    + some.stream().filter(one -> available.contains(one.id())).map(this::queue)
                            .mapToLong(queue -> Math.max(0, Objects.requireNonNull(shares.get(queue)).outstanding()))
                            .sum();
            some.forEach(one -> demand.put(one.id(), available.contains(one.id()) ? could : -1));
        });
        return demand;
    }

    private String said(Map<String, Long> demand, RedisConnection agreed) {
        return DemandReports.encode(demand, Replies.time(agreed.call("TIME")).getEpochSecond());
    }

    private void show(Map<String, Registration> shared, Map<String, OwnShare> shares) {
        Map<String, Integer> now = new HashMap<>();
        shared.forEach((queue, one) -> now.put(one.id(),
                (int) Objects.requireNonNull(shares.get(queue)).stand().frames()));
        if (!now.equals(view)) {
            view = Map.copyOf(now);
            changed.run();
        }
    }

    private RedisConnection first() {
        RedisConnection open = first;
        if (open == null || open.isBroken()) {
            RedisAddress redis = settings.first().redis();
            ConnectTimeouts usual = redis.patience();
            open = RedisConnection.open(usual.timeout().compareTo(PATIENCE) <= 0
                    ? redis
                    : redis.with(new ConnectTimeouts(PATIENCE, usual.firstPause(), usual.longestPause())));
            first = open;
        }
        return open;
    }

    private void forgetFirst() {
        RedisConnection open = first;
        if (open != null) {
            open.close();
            first = null;
        }
    }
}
