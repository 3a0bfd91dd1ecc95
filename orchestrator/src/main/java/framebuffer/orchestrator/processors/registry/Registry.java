package framebuffer.orchestrator.processors.registry;

import framebuffer.orchestrator.processors.health.CircuitPolicy;
import framebuffer.orchestrator.processors.health.ListeningPeriod;
import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.RedisClock;
import framebuffer.redis.cluster.ReusedConnection;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry of one partition. Redis holds it for all instances; a snapshot serves callers that must not wait.
 *
 * <p>
 * The snapshot is refreshed every {@code refreshInterval}, when the next lease ends, and before a command returns. Only one thread at a
 * time reads and publishes, so a snapshot is never replaced by an older one.
 *
 * <p>
 * Commands may be called from any thread. All throw {@link RedisUnavailable} when Redis is away, and {@link RedisRefused} when it
 * refuses: out of memory, or a key has the wrong type.
 */
public final class Registry implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Registry.class);

    private final Settings settings;
    private final PartitionRole role;
    private final RegistryReader reader;
    private final RegistryCommands commands;
    private final ReusedConnection connection;
    private final RefreshLoop refreshing = new RefreshLoop();
    private final ReentrantLock turn = new ReentrantLock(true);
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile RegistrySnapshot snapshot = RegistrySnapshot.EMPTY;
    private volatile boolean known;

    /**
     * Settings of a registry.
     *
     * @param redis the Redis that holds it
     * @param keys the names of its hashes
     * @param limits bounds of registrations
     * @param refreshInterval longest time between refreshes, and so until a change by another instance is seen
     * @param clock {@link RedisClock#SERVER}
     * @param probes most outstanding frames of a processor while its circuit is half-open
     * @param forgetAfter how long an unhealthy processor without outstanding frames must be silent to be unregistered
     */
    public record Settings(RedisAddress redis, Keys keys, RegistrationPolicy.RegistrationLimits limits,
            Duration refreshInterval,
            RedisClock clock, int probes, Duration forgetAfter) {
        /** Default of {@code forgetAfter}. */
        public static final Duration DEFAULT_FORGET_AFTER = Duration.ofMinutes(10);

        public Settings(RedisAddress redis, Keys keys, RegistrationPolicy.RegistrationLimits limits,
                Duration refreshInterval,
                RedisClock clock) {
            this(redis, keys, limits, refreshInterval, clock, CircuitPolicy.CircuitThresholds.DEFAULT.successes(),
                    DEFAULT_FORGET_AFTER);
        }

        /** Default of {@code refreshInterval}. */
        public static final Duration DEFAULT_REFRESH_INTERVAL = Duration.ofSeconds(1);
    }

    public Registry(Settings settings) {
        this(settings, PartitionRole.WHOLE);
    }

    public Registry(Settings settings, PartitionRole role) {
        this.settings = settings;
        this.role = role;
        this.reader = new RegistryReader(settings.keys(), settings.probes());
        this.commands = new RegistryCommands(settings.keys(), settings.limits(), reader, role.areSeveral());
        this.connection = new ReusedConnection(settings.redis(), settings.clock());
    }

    /** The work of the refresh loop. */
    public RedisLoop.Work refreshing() {
        return refreshing;
    }

    /** The last reading. */
    public RegistrySnapshot snapshot() {
        return snapshot;
    }

    /** A new reading, with changes that other instances have just made. */
    public RegistrySnapshot read() {
        return command(this::publish);
    }

    /** Whether it has been read: until then the snapshot is empty. */
    public boolean known() {
        return known;
    }

    /**
     * Adds a listener for changed processors and statuses, called after the new snapshot is visible. It must return at once and not call
     * back.
     */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Registers a processor from an unknown address. */
    public RegistrationOutcome register(Registration request) {
        return register(request, null);
    }

    /**
     * Registers a processor and creates its queue.
     *
     * @param from the address of the caller; null: unknown
     */
    public RegistrationOutcome register(Registration request, @Nullable String from) {
        return command((redis, now) -> {
            RegistrationOutcome outcome = commands.register(redis, request, from, now);
            publish(redis, now);
            return outcome;
        });
    }

    /** Updates a processor from an unknown address. */
    public RegistrationOutcome update(Registration request) {
        return update(request, null);
    }

    /**
     * Replaces the registration with its id. A queue that it gives up is emptied like that of a departed processor.
     *
     * @param from the address of the caller; null: unknown
     */
    public RegistrationOutcome update(Registration request, @Nullable String from) {
        return command((redis, now) -> {
            RegistrationOutcome outcome = commands.update(redis, request, from, now);
            publish(redis, now);
            return outcome;
        });
    }

    /** Unregisters a processor, and returns it; its queue is remembered until it is empty. */
    public Optional<RegisteredProcessor> unregister(String id) {
        return command((redis, now) -> {
            Optional<RegisteredProcessor> was = commands.unregister(redis, id, now);
            publish(redis, now);
            return was;
        });
    }

    /**
     * Drains a processor: it gets no new frames, and is unregistered with its queue when that is empty. A registration or update ends the
     * drain. Returns the processor; empty when it is not registered.
     */
    public Optional<RegisteredProcessor> drain(String id) {
        return command((redis, now) -> {
            Optional<RegisteredProcessor> draining = commands.drain(redis, id, now);
            publish(redis, now);
            return draining;
        });
    }

    /** Notes a heartbeat. Returns the processor; empty when it is not registered. */
    public Optional<RegisteredProcessor> heartbeat(Heartbeat heartbeat) {
        return command((redis, now) -> {
            byte[] registered = commands.heartbeat(redis, heartbeat, now);
            if (registered == null) {
                return Optional.empty();
            }
            // Another instance may have begun the drain just now, and every answer to the processor must report it.
            boolean draining = RegistryCodec.isDraining(registered);
            Optional<RegisteredProcessor> before = snapshot.processor(heartbeat.processorId())
                    .filter(processor -> processor.draining() == draining);
            Optional<RegisteredProcessor> after = before.map(processor -> processor.heard(heartbeat, now));
            return after.isPresent() && after.get().sameAs(before.orElse(null))
                    ? after
                    : publish(redis, now).processor(heartbeat.processorId());
        });
    }

    /**
     * Removes the queue of a departed processor if it is still empty and no other processor has it.
     *
     * @return whether nothing is left to do
     */
    public boolean forgotten(Registration departed) {
        return command((redis, now) -> {
            boolean forgotten = commands.forgotten(redis, departed, now);
            if (forgotten) {
                publish(redis, now);
            }
            return forgotten;
        });
    }

    /** Ids of those of these processors whose queues here are not empty. */
    public Set<String> holding(Collection<Registration> processors) {
        return command((redis, _) -> processors.stream().filter(one -> !commands.isEmpty(redis, one))
                .map(Registration::id).collect(Collectors.toSet()));
    }

    /** Copies the first registry as far as processors read in this partition. Each refresh does so too; the first registry does nothing. */
    public void follow() {
        Registry leader = role.leader();
        if (leader != null) {
            List<RegisteredProcessor> wanted = here(leader.read());
            command((redis, now) -> {
                commands.follow(redis, wanted, now);
                return publish(redis, now);
            });
        }
    }

    private List<RegisteredProcessor> here(RegistrySnapshot there) {
        return there.all().stream().filter(processor -> processor.registration().isIn(role.partition())).toList();
    }

    private void followIfBehind() {
        Registry leader = role.leader();
        if (leader == null || !leader.known() || !known
                || RegistryCommands.differing(snapshot, here(leader.snapshot())).isEmpty()) {
            return;
        }
        try {
            follow();
        } catch (RedisUnavailable | RedisRefused e) {
            log.debug("partition {} does not follow at present: {}", role.partition(), e.getMessage());
        }
    }

    /** Closes the connection of the commands; a later command opens it again. */
    @Override
    public void close() {
        turn.lock();
        try {
            connection.close();
        } finally {
            turn.unlock();
        }
    }

    private RegistrySnapshot publish(RedisConnection redis, Instant now) {
        RegistrySnapshot before = snapshot;
        RegistrySnapshot after = reader.read(redis, now).after(before);
        snapshot = after;
        known = true;
        if (!after.sameAs(before)) {
            listeners.forEach(Runnable::run);
        }
        return after;
    }

    private RegistrySnapshot withoutDeparted(RedisConnection redis, RegistrySnapshot read, Instant now,
            Departures leaving) {
        // Silence counts only while signs of life could be received.
        boolean heardThem = !leaving.listeningSince().plus(settings.forgetAfter()).isAfter(now);
        Predicate<RegisteredProcessor> isForgotten = processor -> heardThem
                && processor.mayBeForgotten(settings.forgetAfter(), now);
        boolean gone = false;
        for (RegisteredProcessor processor : read.all()) {
            String id = processor.registration().id();
            if (!leaving.onlyHere().contains(id)) {
                continue;
            }
            if (processor.mayGo() && commands.ifEmptied(redis, processor, RegisteredProcessor::draining, now)) {
                log.info("processor {} is drained: its queue is empty, and it is unregistered", id);
                gone = true;
            } else if (isForgotten.test(processor) && commands.ifEmptied(redis, processor, isForgotten, now)) {
                log.warn("processor {} is unregistered: it gave no sign of life for {}, and its queue is empty", id,
                        settings.forgetAfter());
                gone = true;
            }
        }
        return gone ? publish(redis, now) : read;
    }

    private <T> T command(ReusedConnection.ConnectionUse<T> use) {
        awaitTurn();
        try {
            return connection.use(use);
        } finally {
            turn.unlock();
        }
    }

    /** Limits the wait for other commands: while Redis does not answer, a caller fails instead of waiting for each of them. */
    private void awaitTurn() {
        try {
            if (!turn.tryLock(settings.redis().patience().timeout().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new RedisUnavailable("no answer from Redis at " + settings.redis() + " to earlier commands",
                        new TimeoutException());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RedisUnavailable("interrupted while waiting for Redis", e);
        }
    }

    /** The refresh loop, on its own connection. */
    private final class RefreshLoop implements RedisLoop.Work {
        private Duration rest = Duration.ZERO;
        private final ListeningPeriod listening = new ListeningPeriod();

        @Override
        public void connected(RedisConnection redis) {
            listening.restart();
        }

        @Override
        public void runOnce(RedisConnection redis) {
            followIfBehind();
            refresh(redis, null);
            List<Registration> going = going();
            if (!going.isEmpty()) {
                // Other partitions may take long to answer, so this call is outside the lock.
                Set<String> held = role.heldElsewhere().apply(going);
                refresh(redis, going.stream().map(Registration::id).filter(id -> !held.contains(id))
                        .collect(Collectors.toSet()));
            }
        }

        /** Refreshes; unregisters processors that may go and have no frames in other partitions. */
        private void refresh(RedisConnection redis, @Nullable Set<String> onlyHere) {
            turn.lock();
            try {
                Instant now = settings.clock().now(redis);
                listening.observe(now);
                RegistrySnapshot read = publish(redis, now);
                if (onlyHere != null) {
                    read = withoutDeparted(redis, read, now, new Departures(listening.since(), onlyHere));
                }
                commands.ensureQueues(redis, read.all());
                rest = read.nextLeaseEnd().map(end -> Duration.between(now, end))
                        .filter(left -> left.compareTo(settings.refreshInterval()) < 0)
                        .orElse(settings.refreshInterval());
            } finally {
                turn.unlock();
            }
        }

        /** Candidates for unregistration. The first registry decides, and the others copy it. */
        private List<Registration> going() {
            return role.leader() != null
                    ? List.of()
                    : snapshot.all().stream().filter(processor -> processor.draining() || !processor.own().usable())
                            .map(RegisteredProcessor::registration).toList();
        }

        @Override
        public Duration rest() {
            return rest;
        }
    }
}
