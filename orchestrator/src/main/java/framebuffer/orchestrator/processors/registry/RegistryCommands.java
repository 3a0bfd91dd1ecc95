package framebuffer.orchestrator.processors.registry;

import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.redis.frames.LedgerReconciliation;
import framebuffer.redis.queues.CompletionCounts;
import framebuffer.redis.queues.WorkQueue;
import framebuffer.redis.tables.OptimisticUpdate;
import framebuffer.redis.tables.OptimisticUpdate.Attempt;
import framebuffer.redis.tables.ShareStore;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Registration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Changes of the registry in Redis, each atomic with respect to other instances.
 *
 * <p>
 * Hashes: {@link Keys#registry} id → registration; {@link Keys#health} id → last heartbeat since it registered; {@link Keys#departed}
 * queue → registration of its former owner. The last has a field for each queue, because a processor that changes its queue leaves one
 * behind.
 */
final class RegistryCommands {
    private static final String LUA = "/framebuffer/orchestrator/processors/registry/";

    private static final Script HEARTBEAT = Script.of(LUA + "note_heartbeat.lua");
    private static final Script ENSURE_QUEUES = Script.of(LUA + "ensure_queues.lua");

    private final Keys keys;
    private final RegistrationPolicy policy;
    private final RegistryReader reader;
    private final boolean shares;

    /**
     * @param shares whether several partitions share capacities
     */
    RegistryCommands(Keys keys, RegistrationPolicy.RegistrationLimits limits, RegistryReader reader, boolean shares) {
        this.keys = keys;
        this.policy = new RegistrationPolicy(limits);
        this.reader = reader;
        this.shares = shares;
    }

    RegistrationOutcome register(RedisConnection redis, Registration request, @Nullable String from, Instant now) {
        return OptimisticUpdate.until(redis, List.of(keys.registry(), keys.departed()), () -> {
            RegistrySnapshot there = reader.read(redis, now);
            return place(redis, there, policy.register(there, request, from, now));
        });
    }

    RegistrationOutcome update(RedisConnection redis, Registration request, @Nullable String from, Instant now) {
        return OptimisticUpdate.until(redis, List.of(keys.registry(), keys.departed()), () -> {
            RegistrySnapshot there = reader.read(redis, now);
            return place(redis, there, policy.update(there, request, from, now));
        });
    }

    /** Creates the queue before the processor becomes visible, so that no processor is sent frames without a queue. */
    private Attempt<RegistrationOutcome> place(RedisConnection redis, RegistrySnapshot there,
            RegistrationOutcome decided) {
        return switch (decided) {
            case RegistrationOutcome.Refused refused -> Attempt.only(refused);
            case RegistrationOutcome.Accepted accepted -> {
                Registration registration = accepted.processor().registration();
                String type = WorkQueue.ensure(redis, keys.queue(registration.queue()));
                yield type.equals("stream")
                        ? new Attempt<>(accepted, placing(there, accepted.processor()))
                        : Attempt.only(new RegistrationOutcome.QueueUnusable(registration.queue(), type));
            }
        };
    }

    private List<List<Object>> placing(RegistrySnapshot there, RegisteredProcessor processor) {
        Registration registration = processor.registration();
        List<List<Object>> writes = new ArrayList<>();
        writes.add(List.of("HSET", keys.registry(), registration.id(), RegistryCodec.registration(processor.stored())));
        // Earlier heartbeats belong to an earlier incarnation.
        writes.add(List.of("HDEL", keys.health(), registration.id()));
        writes.add(List.of("HDEL", keys.polls(), registration.id()));
        writes.add(List.of("HDEL", keys.departed(), registration.queue()));
        if (shares && registration.isInAll()) {
            writes.add(ShareStore.begin(keys, keys.queue(registration.queue())));
        }
        there.processor(registration.id())
                .filter(before -> !before.registration().queue().equals(registration.queue()))
                .ifPresent(before -> writes.add(departing(before)));
        return writes;
    }

    /** Makes the registry hold exactly these processors. Their registrations were accepted elsewhere. */
    boolean follow(RedisConnection redis, List<RegisteredProcessor> wanted, Instant now) {
        return OptimisticUpdate.until(redis, List.of(keys.registry(), keys.departed()), () -> {
            RegistrySnapshot there = reader.read(redis, now);
            List<List<Object>> writes = new ArrayList<>();
            for (RegisteredProcessor processor : differing(there, wanted)) {
                Registration registration = processor.registration();
                if (wanted.contains(processor)
                        && WorkQueue.ensure(redis, keys.queue(registration.queue())).equals("stream")) {
                    writes.addAll(placing(there, processor));
                    if (processor.heartbeat() != null) {
                        writes.add(List.of("HSET", keys.health(), registration.id(),
                                RegistryCodec.heartbeat(processor.heartbeat(), processor.spokeAt())));
                    }
                } else if (!wanted.contains(processor)) {
                    writes.addAll(leaving(processor));
                }
            }
            return new Attempt<>(!writes.isEmpty(), writes);
        });
    }

    /** Wanted processors that are missing or different here, and unwanted ones that are here. */
    static List<RegisteredProcessor> differing(RegistrySnapshot there, List<RegisteredProcessor> wanted) {
        Set<String> ids = wanted.stream().map(processor -> processor.registration().id()).collect(Collectors.toSet());
        return Stream.concat(
                wanted.stream().filter(one -> there.processor(one.registration().id())
                        .filter(one::isTheSameLife).isEmpty()),
                there.all().stream().filter(one -> !ids.contains(one.registration().id()))).toList();
    }

    boolean isEmpty(RedisConnection redis, Registration processor) {
        return WorkQueue.length(redis, keys.queue(processor.queue())) == 0;
    }

    private List<List<Object>> leaving(RegisteredProcessor processor) {
        String id = processor.registration().id();
        return List.of(List.of("HDEL", keys.registry(), id), List.of("HDEL", keys.health(), id),
                List.of("HDEL", keys.polls(), id), departing(processor));
    }

    private List<Object> departing(RegisteredProcessor processor) {
        return List.of("HSET", keys.departed(), processor.registration().queue(),
                RegistryCodec.registration(processor.stored()));
    }

    /** Returns the processor that was unregistered; empty when there was none. */
    Optional<RegisteredProcessor> unregister(RedisConnection redis, String id, Instant now) {
        return OptimisticUpdate.until(redis, List.of(keys.registry()), () -> {
            Optional<RegisteredProcessor> there = reader.read(redis, now).processor(id);
            return new Attempt<>(there, there.map(this::leaving).orElse(List.of()));
        });
    }

    /** Begins a drain. Returns the draining processor; empty when there is none. */
    Optional<RegisteredProcessor> drain(RedisConnection redis, String id, Instant now) {
        return OptimisticUpdate.until(redis, List.of(keys.registry()), () -> {
            Optional<RegisteredProcessor> there = reader.read(redis, now).processor(id);
            return new Attempt<>(there.map(processor -> processor.draining() ? processor : processor.drained(now)),
                    there.filter(processor -> !processor.draining())
                            .map(processor -> List.of(
                                    List.<Object>of("HSET", keys.registry(), id,
                                            RegistryCodec.registration(processor.drained(now).stored())),
                                    List.<Object>of("HDEL", keys.health(), id)))
                            .orElse(List.of()));
        });
    }

    /**
     * Unregisters a processor and removes its queue in one step, if the queue is empty. A batch that another instance has in flight then
     * finds no queue, and its frames wait on. A concurrent heartbeat comes before, or finds no processor.
     *
     * @param mayGo decides by the state in that step
     * @return whether the processor is no longer registered
     */
    boolean ifEmptied(RedisConnection redis, RegisteredProcessor leaving, Predicate<RegisteredProcessor> mayGo,
            Instant now) {
        String id = leaving.registration().id();
        String queue = keys.queue(leaving.registration().queue());
        return OptimisticUpdate.until(redis, List.of(keys.registry(), keys.health(), queue), () -> {
            boolean still = reader.read(redis, now).processor(id).filter(mayGo).map(RegisteredProcessor::registration)
                    .filter(leaving.registration()::equals).isPresent();
            if (!still) {
                return Attempt.only(false);
            }
            List<List<Object>> unregister = List.of(List.of("HDEL", keys.registry(), id),
                    List.of("HDEL", keys.health(), id), List.of("HDEL", keys.polls(), id));
            if (!Replies.text(redis.call("TYPE", queue)).equals("stream")) {
                return new Attempt<>(true,
                        Stream.concat(unregister.stream(), remembered(redis, leaving.registration())).toList());
            }
            return mayBeUsed(redis, queue)
                    ? Attempt.only(false)
                    : new Attempt<>(true,
                            Stream.concat(unregister.stream(), removing(redis, leaving.registration())).toList());
        });
    }

    /** Stores a heartbeat. Returns the registration of that moment; null when there is none. */
    byte @Nullable [] heartbeat(RedisConnection redis, Heartbeat heartbeat, Instant now) {
        return (byte[]) HEARTBEAT.call(redis, List.of(keys.registry(), keys.health()),
                List.of(heartbeat.processorId(), RegistryCodec.heartbeat(heartbeat, now)));
    }

    /** Removes an empty queue without an owner. Returns whether it is forgotten now. */
    boolean forgotten(RedisConnection redis, Registration departed, Instant now) {
        String queue = keys.queue(departed.queue());
        return OptimisticUpdate.until(redis, List.of(keys.registry(), keys.departed(), queue), () -> {
            RegistrySnapshot there = reader.read(redis, now);
            if (there.departed().stream().noneMatch(other -> other.queue().equals(departed.queue()))) {
                return Attempt.only(true);
            }
            List<Object> forget = List.of("HDEL", keys.departed(), departed.queue());
            boolean inUse = there.all().stream().anyMatch(p -> p.registration().queue().equals(departed.queue()));
            if (inUse) {
                return new Attempt<>(true, List.of(forget));
            }
            if (!Replies.text(redis.call("TYPE", queue)).equals("stream")) {
                return new Attempt<>(true, Stream.concat(Stream.of(forget), remembered(redis, departed)).toList());
            }
            return mayBeUsed(redis, queue)
                    ? Attempt.only(false)
                    : new Attempt<>(true, Stream.concat(Stream.of(forget), removing(redis, departed)).toList());
        });
    }

    /** Whether the queue has entries, or removed entries that the ledger has not settled: their end could not be told without the queue. */
    private boolean mayBeUsed(RedisConnection redis, String queue) {
        return WorkQueue.length(redis, queue) > 0 || LedgerReconciliation.isDue(redis, keys, List.of(queue));
    }

    /** Commands that remove an empty queue and everything stored about its processor. */
    private Stream<List<Object>> removing(RedisConnection redis, Registration gone) {
        String queue = keys.queue(gone.queue());
        return Stream.concat(Stream.of(List.of("DEL", queue),
                // Both counts are equal now; a new queue of that name begins from nothing, as Redis's own counts do.
                List.of("HDEL", keys.taken(), "handed:" + queue, "left:" + queue)), remembered(redis, gone));
    }

    /** Commands that remove everything stored about a processor whose queue is empty or holds foreign data. */
    private Stream<List<Object>> remembered(RedisConnection redis, Registration gone) {
        String queue = keys.queue(gone.queue());
        return Stream.concat(Stream.of(List.of("HDEL", keys.activity(), queue),
                List.of("HDEL", keys.taken(), queue, "unread:" + queue, "released:" + queue, "stood:" + queue),
                List.of("HDEL", keys.suspects(), queue),
                List.of("HDEL", keys.givenBack(), gone.id())), CompletionCounts.moveToTheGone(redis, keys, gone.id()));
    }

    /** Creates missing queues of processors that are still registered. */
    void ensureQueues(RedisConnection redis, Collection<RegisteredProcessor> processors) {
        List<Registration> all = processors.stream().map(RegisteredProcessor::registration).toList();
        Object[] queues = all.stream().map(registration -> keys.queue(registration.queue())).toArray();
        if (queues.length == 0 || Replies.number(redis.call("EXISTS", queues)) == queues.length) {
            return;
        }
        List<Object> touched = new ArrayList<>(List.of(keys.registry()));
        touched.addAll(List.of(queues));
        ENSURE_QUEUES.call(redis, touched, all.stream().map(Registration::id).toList());
    }
}
