package framebuffer.orchestrator.processors.registry;

import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.FanOut;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.NaturalOrder;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry over all partitions. A processor registers with the first partition, which decides; the others copy it, at once if they are
 * reachable. Heartbeats go to all, so that one partition that is away hides them from no other. From any thread.
 *
 * <p>
 * Throws the exceptions of {@link Registry}.
 */
public final class ClusterRegistry {
    private static final Logger log = LoggerFactory.getLogger(ClusterRegistry.class);

    /** Longest wait of a caller for partitions that do not answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Executor THREADS = task -> Thread.ofVirtual().name("roster").start(task);

    private final List<Registry> all;
    private final Registry first;

    /**
     * @param all the registry of each partition, in order
     */
    public ClusterRegistry(List<Registry> all) {
        this.all = List.copyOf(all);
        this.first = all.getFirst();
    }

    /** The last reading: each processor in its worst state of all partitions. */
    public RegistrySnapshot snapshot() {
        return together(all.stream().map(Registry::snapshot).toList(), all);
    }

    /** A new reading of the partitions that answer. */
    public RegistrySnapshot read() {
        record Read(Registry of, RegistrySnapshot there) {
        }
        List<Read> read = FanOut.reachable(all, registry -> new Read(registry, registry.read()));
        return together(read.stream().map(Read::there).toList(), read.stream().map(Read::of).toList());
    }

    /** Registers a processor; if it reads in one partition and names none, it gets the partition with the fewest equivalents. */
    public RegistrationOutcome register(Registration request, @Nullable String from) {
        return isThere(request) ? told(first.register(placed(request), from)) : notThere(request);
    }

    /** Replaces the registration with its id. */
    public RegistrationOutcome update(Registration request, @Nullable String from) {
        return isThere(request) ? told(first.update(placed(request), from)) : notThere(request);
    }

    /** Unregisters a processor, and returns it. */
    public Optional<RegisteredProcessor> unregister(String id) {
        return everywhere(first.unregister(id));
    }

    /** Drains a processor: it gets no new frames. */
    public Optional<RegisteredProcessor> drain(String id) {
        return everywhere(first.drain(id));
    }

    /** Notes a heartbeat. Returns the processor; empty when it is not registered. */
    public Optional<RegisteredProcessor> heartbeat(Heartbeat heartbeat) {
        if (all.size() == 1) {
            return first.heartbeat(heartbeat);
        }
        List<CompletableFuture<Optional<RegisteredProcessor>>> heard = all.stream()
                .map(registry -> CompletableFuture.supplyAsync(() -> registry.heartbeat(heartbeat), THREADS)).toList();
        try {
            return firstOf(heard);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RedisUnavailable("interrupted while waiting for Redis", e);
        }
    }

    private static Optional<RegisteredProcessor> firstOf(List<CompletableFuture<Optional<RegisteredProcessor>>> heard)
            throws InterruptedException {
        try {
            return heard.getFirst().get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return fromAnother(heard, new RedisUnavailable("no answer from the first partition in time", e));
        } catch (ExecutionException e) {
            return switch (e.getCause()) {
                case RedisUnavailable away -> fromAnother(heard, away);
                case RuntimeException other -> throw other;
                case null, default -> throw new IllegalStateException(e);
            };
        }
    }

    /** The answer of the first partition decides. While it is away, the answer of any other that knows the processor counts. */
    private static Optional<RegisteredProcessor> fromAnother(
            List<CompletableFuture<Optional<RegisteredProcessor>>> heard,
            RedisUnavailable why) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (CompletableFuture<Optional<RegisteredProcessor>> one : heard) {
            try {
                Optional<RegisteredProcessor> known = one.get(Math.max(0, end - System.nanoTime()),
                        TimeUnit.NANOSECONDS);
                if (known.isPresent()) {
                    return known;
                }
            } catch (TimeoutException | ExecutionException e) {
                log.debug("a partition did not receive a heartbeat", e);
            }
        }
        throw why;
    }

    /** Makes all partitions follow; late ones follow in their own refresh. */
    private <T> T everywhere(T decided) {
        CompletableFuture<?>[] following = all.stream().skip(1)
                .map(registry -> CompletableFuture.runAsync(registry::follow, THREADS))
                .toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(following).get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.debug("not all partitions follow at present", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return decided;
    }

    private RegistrationOutcome told(RegistrationOutcome outcome) {
        return outcome instanceof RegistrationOutcome.Accepted ? everywhere(outcome) : outcome;
    }

    private RegistrationOutcome notThere(Registration request) {
        return new RegistrationOutcome.NoSuchPartition(String.valueOf(request.partition()), all.size());
    }

    private boolean isThere(Registration request) {
        return IntStream.range(0, all.size()).anyMatch(request::isIn);
    }

    private Registration placed(Registration request) {
        if (all.size() == 1 || request.partition() != null) {
            return request;
        }
        RegistrySnapshot there = first.read();
        return request.inPartition(there.processor(request.id()).map(before -> before.registration().partition())
                .filter(number -> !number.equals(Registration.ALL_PARTITIONS))
                .orElseGet(() -> Integer.toString(emptiest(there, request))));
    }

    /** The partition with the fewest equivalent processors of its own, then with the fewest at all. */
    private int emptiest(RegistrySnapshot there, Registration request) {
        ToLongFunction<Integer> similar = number -> there.all().stream().map(RegisteredProcessor::registration)
                .filter(one -> Integer.toString(number).equals(one.partition()))
                .filter(one -> one.capabilities().stream().anyMatch(request.capabilities()::contains)).count();
        ToLongFunction<Integer> any = number -> there.all().stream().map(RegisteredProcessor::registration)
                .filter(one -> Integer.toString(number).equals(one.partition())).count();
        return IntStream.range(0, all.size()).boxed()
                .min(Comparator.comparingLong(similar).thenComparingLong(any)).orElseThrow();
    }

    private RegistrySnapshot together(List<RegistrySnapshot> snapshots, List<Registry> of) {
        if (all.size() == 1) {
            return snapshots.getFirst();
        }
        TreeMap<String, RegisteredProcessor> worst = new TreeMap<>(NaturalOrder.NAMES);
        for (int i = 0; i < snapshots.size(); i++) {
            int partition = all.indexOf(of.get(i));
            snapshots.get(i).all().stream().filter(one -> one.registration().isIn(partition))
                    .forEach(one -> worst.merge(one.registration().id(), one, ClusterRegistry::worse));
        }
        return RegistrySnapshot.of(worst, List.of(), 1);
    }

    private static RegisteredProcessor worse(RegisteredProcessor one, RegisteredProcessor other) {
        return other.health().status().compareTo(one.health().status()) > 0
                || (other.health().status() == one.health().status()
                        && other.circuit().state() > one.circuit().state()) ? other : one;
    }
}
