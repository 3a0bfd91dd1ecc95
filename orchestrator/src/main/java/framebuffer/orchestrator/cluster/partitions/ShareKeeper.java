package framebuffer.orchestrator.cluster.partitions;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisAddress.ConnectTimeouts;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.tables.ShareStore;
import framebuffer.redis.tables.ShareStore.Grants;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
 * Keeps the shares of one partition in processors that read in all partitions. While the first partition, which holds the grants, is away,
 * each partition keeps its current shares.
 */
public final class ShareKeeper implements RedisLoop.Work {
    private static final Duration REST = Duration.ofMillis(200);
    /** Longest wait for the first partition; meanwhile the current shares remain in use. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    /** Age in seconds at which the report of a partition no longer counts. */
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
     * The partitions.
     *
     * @param own the partition whose shares are kept
     * @param first the partition that holds the grants
     * @param partitions number of partitions
     */
    public record Settings(Partition own, Partition first, int partitions) {
    }

    /**
     * The processors.
     *
     * @param registered all registered processors
     * @param available ids of those that may be sent frames here
     * @param departed unregistered processors whose queues may hold frames
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
     * @param waiting capability → frames that wait here for it; {@code ""}: any processor
     * @param leads whether this instance keeps the shares; other instances of the partition only read them
     * @param changed called when a share has changed; returns at once
     */
    public ShareKeeper(Settings settings, Supplier<SharedProcessors> processors,
            Supplier<Map<String, Integer>> waiting, BooleanSupplier leads, Runnable changed) {
        this.settings = settings;
        this.processors = processors;
        this.waiting = waiting;
        this.leads = leads;
        this.changed = changed;
    }

    /** Processor → frames of its capacity that this partition may use. */
    public Map<String, Integer> view() {
        return view;
    }

    @Override
    public Duration rest() {
        return REST;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        runOnce(ShareStore.of(redis, settings.own().keys()), () -> Grants.of(first(), settings.first().keys()));
    }

    /**
     * Runs one turn.
     *
     * @param first reads the grants; throws when the first partition is away
     */
    void runOnce(ShareStore store, Supplier<Grants> first) {
        SharedProcessors known = processors.get();
        Map<String, Registration> shared = new TreeMap<>();
        known.registered().stream().filter(Registration::isInAll).forEach(one -> shared.put(queue(one), one));
        ShareTurn turn = new ShareTurn(store, shared);
        // Publish before the call to the first partition, which may not answer: meanwhile the shares can be used.
        show(shared, turn);
        try {
            if (leads.getAsBoolean()) {
                recent = recent.after(demand(known.available(), shared, turn));
                agree(store, first.get(), known, turn);
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
        show(shared, turn);
    }

    @Override
    public void stopping(RedisConnection redis) {
        forgetFirst();
    }

    private String queue(Registration processor) {
        return settings.own().keys().queue(processor.queue());
    }

    private void agree(ShareStore store, Grants grants, SharedProcessors known, ShareTurn turn) {
        Map<String, Long> demand = recent.counted();
        Grants.Reading all = grants.publish(settings.own().number(),
                DemandReports.encode(demand, grants.now().getEpochSecond()));
        grants.set(settings.own().number(), settings.partitions(),
                new ShareWithdrawal(all, settings.own(), known.registered(), known.departed()).begin(store));
        turn.agree(grants, all, settings, targets(all, known, demand));
    }

    /** Key of a queue → frames that this partition should have of its processor. */
    private Map<String, Long> targets(Grants.Reading all, SharedProcessors known, Map<String, Long> demand) {
        DemandReports demands = DemandReports.of(all, settings.partitions(), HEEDED_SECONDS);
        Map<String, Long> targets = new HashMap<>();
        alike(known.registered().stream().filter(Registration::isInAll).toList()).forEach(some -> {
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

    /** Groups processors with equal capabilities, in the same order in all partitions. */
    private static Collection<List<Registration>> alike(Collection<Registration> processors) {
        return processors.stream().sorted(Comparator.comparing(Registration::id))
                .collect(Collectors.groupingBy(one -> Set.copyOf(one.capabilities()))).values();
    }

    /** Demand here for each processor and its equivalents: outstanding and waiting frames; -1: it cannot be used. */
    private Map<String, Long> demand(Set<String> available, Map<String, Registration> shared, ShareTurn turn) {
        Map<String, Integer> waits = waiting.get();
        Map<String, Long> demand = new TreeMap<>();
        alike(shared.values()).forEach(some -> {
            long could = waits.entrySet().stream().filter(wait -> some.getFirst().canProcess(wait.getKey()))
                    .mapToLong(Map.Entry::getValue).sum()
                    + some.stream().filter(one -> available.contains(one.id()))
                            .mapToLong(one -> turn.share(queue(one)).outstanding().orElse(0)).sum();
            some.forEach(one -> demand.put(one.id(), available.contains(one.id()) ? could : -1));
        });
        return demand;
    }

    private void show(Map<String, Registration> shared, ShareTurn turn) {
        Map<String, Integer> now = new HashMap<>();
        shared.forEach((queue, one) -> now.put(one.id(), (int) turn.share(queue).share().frames()));
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
