package framebuffer.orchestrator.recovery;

import framebuffer.orchestrator.intake.Delivery;
import framebuffer.orchestrator.intake.Epoch;
import framebuffer.orchestrator.intake.Inbox;
import framebuffer.orchestrator.recovery.Held.Given;
import framebuffer.orchestrator.recovery.OverduePolicy.Verdict;
import framebuffer.streams.Entry;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisLoop;
import framebuffer.streams.handoff.Source;
import framebuffer.streams.work.Deliveries;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.processor.Registration;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes frames back that a processor was given and will not answer for. They stay where they are until they are handed to another;
 * should the processor acknowledge one first, nothing happens to it.
 */
public final class OverdueFrames implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(OverdueFrames.class);
    private static final Duration REST = Duration.ofMillis(500);
    private static final int BATCH = 200;

    private final Keys keys;
    private final OverduePolicy policy;
    private final Inbox inbox;
    private final Supplier<? extends Collection<Life>> lives;
    private final Map<Source, DeliveryWatch> watches = new HashMap<>();
    /** What was taken and is still pending: not to be taken again. */
    private final Map<Source, Set<EntryId>> taken = new HashMap<>();
    /** Queues that more than one group reads, which has been said. */
    private final Set<String> shared = new HashSet<>();
    private final Queue<Delivery> undelivered = new ArrayDeque<>();
    private final Epoch epoch = new Epoch();

    /**
     * @param timeout
     *            how long a frame may take at a processor that does not say
     * @param lives
     *            the registered processors
     */
    public OverdueFrames(Keys keys, Duration timeout, Inbox inbox, Supplier<? extends Collection<Life>> lives) {
        this.keys = keys;
        this.policy = new OverduePolicy(timeout);
        this.inbox = inbox;
        this.lives = lives;
    }

    /** Whatever was delivered is forgotten: take it again. From any thread. */
    public void beginAgain() {
        epoch.beginAgain();
    }

    @Override
    public void connected(RedisConnection redis) {
        beginAgain();
    }

    @Override
    public Duration rest() {
        return undelivered.isEmpty() ? REST : Duration.ZERO;
    }

    @Override
    public void turn(RedisConnection redis) throws InterruptedException {
        if (epoch.hasBegun()) {
            taken.clear();
            undelivered.clear();
        }
        if (undelivered.isEmpty()) {
            Set<Source> present = new HashSet<>();
            for (Life life : lives.get()) {
                look(redis, life, present);
            }
            watches.keySet().retainAll(present);
            taken.keySet().retainAll(present);
        }
        Delivery next = undelivered.peek();
        if (next != null && inbox.offer(next, REST)) {
            undelivered.remove();
        }
    }

    private void look(RedisConnection redis, Life life, Set<Source> present) {
        String queue = keys.queue(life.registration().queue());
        List<Deliveries> groups = Deliveries.of(redis, queue);
        if (groups.size() > 1 && shared.add(queue)) {
            log.warn("queue {} is read by {} groups: a frame there holds room until each of them has acknowledged it",
                    queue,
                    groups.size());
        } else if (groups.size() <= 1) {
            shared.remove(queue);
        }
        for (Deliveries deliveries : groups) {
            Source source = new Source(queue, deliveries.group(), Source.Kind.OVERDUE);
            present.add(source);
            Held seen = new Held(deliveries.at(), deliveries.acknowledged(),
                    deliveries.pending().stream().map(one -> new Given(one.entry(), one.at(), one.toProcessor()))
                            .toList());
            Set<EntryId> before = taken.getOrDefault(source, Set.of());
            DeliveryWatch known = watches.get(source);
            DeliveryWatch watch = known == null ? DeliveryWatch.begin(seen) : known.after(seen, before);
            watches.put(source, watch);
            List<Verdict> verdicts = policy.judge(life, watch);
            take(redis, life.registration(), source,
                    verdicts.stream().filter(one -> !before.contains(one.entry())).toList());
            taken.put(source, verdicts.stream().map(Verdict::entry).collect(Collectors.toSet()));
        }
    }

    private void take(RedisConnection redis, Registration processor, Source source, List<Verdict> verdicts) {
        if (verdicts.isEmpty()) {
            return;
        }
        log.warn("{} frames are taken back from processor {}, which did not acknowledge them", verdicts.size(),
                processor.id());
        Map<Boolean, List<EntryId>> byCharge = verdicts.stream().collect(
                Collectors.partitioningBy(Verdict::charged, Collectors.mapping(Verdict::entry, Collectors.toList())));
        byCharge.forEach((charged, ids) -> {
            Source from = new Source(source.stream(), source.group(),
                    charged ? Source.Kind.OVERDUE : Source.Kind.WAITED);
            for (int i = 0; i < ids.size(); i += BATCH) {
                List<Entry> entries = Deliveries.entries(redis, source.stream(),
                        ids.subList(i, Math.min(ids.size(), i + BATCH)));
                undelivered.add(new Delivery(from, epoch.current(), entries, processor.id(), charged));
            }
        });
    }
}
