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
 * Who is there. Redis holds the truth, which all instances change and see; a snapshot of it stands ready for whoever must not wait.
 *
 * <p>
 * It is read again every {@code refreshInterval}, and when the next lease ends; after a command of ours, before the command returns.
 * Reading and publishing is done by one thread at a time, so that a snapshot never gives way to an older one.
 *
 * <p>
 * Commands may be given from any thread. All throw {@link RedisUnavailable} when Redis is away, and {@link RedisRefused} when it
 * refuses: out of memory, or a key of ours is of a wrong type.
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
     * What a registry is told.
     *
     * @param redis
     *            where it is kept
     * @param keys
     *            what its hashes are called
     * @param limits
     *            bounds on registering
     * @param refreshInterval
     *            how often it is read again at least; what other instances changed is seen after that
     * @param clock
     *            {@link RedisClock#SERVER}
     * @param probes
     *            how many frames a processor may have outstanding while its circuit is half-open
     * @param forgetAfter
     *            how long one that is unhealthy must be silent to be unregistered, if nothing is outstanding there
     */
    public record Settings(RedisAddress redis, Keys keys, RegistrationPolicy.RegistrationLimits limits,
            Duration refreshInterval,
            RedisClock clock, int probes, Duration forgetAfter) {
        /** How long an unhealthy processor must be silent to be unregistered. */
        public static final Duration DEFAULT_FORGET_AFTER = Duration.ofMinutes(10);

        public Settings(RedisAddress redis, Keys keys, RegistrationPolicy.RegistrationLimits limits,
                Duration refreshInterval,
                RedisClock clock) {
            this(redis, keys, limits, refreshInterval, clock, CircuitPolicy.CircuitThresholds.DEFAULT.successes(),
                    DEFAULT_FORGET_AFTER);
        }

        /** How often it is read again. */
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

    /** The work that reads the registry again and again. */
    public RedisLoop.Work refreshing() {
        return refreshing;
    }

    /** What was last read. */
    public RegistrySnapshot snapshot() {
        return snapshot;
    }

    /** What Redis holds at this moment, also of what other instances just changed. */
    public RegistrySnapshot read() {
        return command(this::publish);
    }

    /** Whether it has been read: before, the snapshot shows nobody, whoever is there. */
    public boolean known() {
        return known;
    }

    /**
     * From now on {@code listener} is called when a processor comes, goes or changes, or its status does; after the new snapshot can
     * be seen. It returns at once, and does not call the registry.
     */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Registers a processor of which is not known from where it calls. */
    public RegistrationOutcome register(Registration request) {
        return register(request, null);
    }

    /**
     * Registers a processor and creates its queue.
     *
     * @param from
     *            the address that it calls from; null: not known
     */
    public RegistrationOutcome register(Registration request, @Nullable String from) {
        return command((redis, now) -> {
            RegistrationOutcome outcome = commands.register(redis, request, from, now);
            publish(redis, now);
            return outcome;
        });
    }

    /** {@link #update(Registration, String)} when it is not known from where it calls. */
    public RegistrationOutcome update(Registration request) {
        return update(request, null);
    }

    /**
     * Replaces what is registered under its id. A queue that it gives up by that is emptied like one of a departed processor.
     *
     * @param from
     *            the address that it calls from; null: not known
     */
    public RegistrationOutcome update(Registration request, @Nullable String from) {
        return command((redis, now) -> {
            RegistrationOutcome outcome = commands.update(redis, request, from, now);
            publish(redis, now);
            return outcome;
        });
    }

    /** Unregisters a processor; its queue is remembered until it is empty. Answers who that was. */
    public Optional<RegisteredProcessor> unregister(String id) {
        return command((redis, now) -> {
            Optional<RegisteredProcessor> was = commands.unregister(redis, id, now);
            publish(redis, now);
            return was;
        });
    }

    /**
     * From now on a processor gets no new frames; when its queue is empty it is unregistered and its queue removed. Registering anew
     * or an update ends that. Answers what is known of it now; empty when it is not registered.
     */
    public Optional<RegisteredProcessor> drain(String id) {
        return command((redis, now) -> {
            Optional<RegisteredProcessor> draining = commands.drain(redis, id, now);
            publish(redis, now);
            return draining;
        });
    }

    /** Notes that a processor lives. Answers what is known of it now; empty when it is not registered. */
    public Optional<RegisteredProcessor> heartbeat(Heartbeat heartbeat) {
        return command((redis, now) -> {
            byte[] registered = commands.heartbeat(redis, heartbeat, now);
            if (registered == null) {
                return Optional.empty();
            }
            // Another instance may just have been told to drain it, and it must hear so from whoever it asks.
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
     * The queue of a departed processor was found empty: if that is still so, and nobody has taken it over, it is removed.
     *
     * @return whether there is nothing to be done for it any more
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

    /** The ids of those of these in whose queue something is left here. */
    public Set<String> holding(Collection<Registration> processors) {
        return command((redis, _) -> processors.stream().filter(one -> !commands.isEmpty(redis, one))
                .map(Registration::id).collect(Collectors.toSet()));
    }

    /**
     * Makes the registry what the first one is at this moment, as far as processors are in this partition. It does so by itself within the
     * time of a refresh; nothing happens in the first one.
     */
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

    /** Closes the connection of commands. Commands given later find Redis all the same. */
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
        // While nobody could hear them, they were not silent.
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

    /** Whoever waits behind others for a Redis that does not answer is told so, rather than to wait for each of them. */
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

    /** Reads it again and again, on a connection of its own. */
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
                // Others may take their time to answer, so it is not our turn meanwhile.
                Set<String> held = role.heldElsewhere().apply(going);
                refresh(redis, going.stream().map(Registration::id).filter(id -> !held.contains(id))
                        .collect(Collectors.toSet()));
            }
        }

        /** Reads it; those of whom it is known that nothing is left elsewhere go if they may. */
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

        /** Those that may have to go. The first registry decides, and the others follow it. */
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
