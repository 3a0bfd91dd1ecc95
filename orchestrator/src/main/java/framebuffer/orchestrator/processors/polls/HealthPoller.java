package framebuffer.orchestrator.processors.polls;

import framebuffer.orchestrator.processors.health.HealthPoll;
import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.orchestrator.processors.registry.RegistrySnapshot;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.tables.HealthPollStore;
import framebuffer.redis.tables.HealthPollStore.PollClaim;
import framebuffer.redis.tables.HealthPollStore.PollResult;
import framebuffer.wire.Keys;
import framebuffer.wire.SecretAddress;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Polls the health endpoints of processors, each from one instance at a time, on at most one thread for each processor. */
public final class HealthPoller implements RedisLoop.Work, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HealthPoller.class);
    private static final int TRIES = 2;

    private final HealthPollStore board;
    private final PollSettings settings;
    private final Registry registry;
    private final HealthRequest call;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();
    /** Processor id → earliest time of its next poll, in nanoseconds of this process. */
    private final Map<String, Long> due = new HashMap<>();
    private final Queue<FinishedPoll> done = new ConcurrentLinkedQueue<>();

    private record FinishedPoll(PollClaim claim, PollResult result) {
    }

    /**
     * Settings of the polls.
     *
     * @param interval between two polls of one endpoint
     * @param timeout of each attempt; cut so that both attempts end before the next poll is due
     * @param hosts allowed hosts
     */
    public record PollSettings(Duration interval, Duration timeout, AllowedPollHosts hosts) {
        public static final PollSettings DEFAULT = new PollSettings(Duration.ofSeconds(10), Duration.ofSeconds(5),
                AllowedPollHosts.DEFAULT);

        private Duration rest() {
            Duration tenth = interval.dividedBy(10);
            return tenth.compareTo(Duration.ofMillis(100)) < 0 ? tenth : Duration.ofMillis(100);
        }

        private Duration ofATry() {
            Duration most = interval.minus(rest().multipliedBy(2)).dividedBy(TRIES);
            return timeout.compareTo(most) < 0 ? timeout : most;
        }
    }

    public HealthPoller(Keys keys, PollSettings settings, Registry registry) {
        this.board = new HealthPollStore(keys);
        this.settings = settings;
        this.registry = registry;
        this.call = new HealthRequest(settings.hosts(), settings.ofATry());
    }

    @Override
    public Duration rest() {
        return settings.rest();
    }

    @Override
    public void runOnce(RedisConnection redis) {
        boolean changed = false;
        for (FinishedPoll one = done.poll(); one != null; one = done.poll()) {
            changed |= noted(redis, one);
        }
        if (changed) {
            registry.read();
        }
        RegistrySnapshot known = registry.snapshot();
        due.keySet().removeIf(id -> known.processor(id).isEmpty());
        known.all().forEach(processor -> ask(redis, processor));
    }

    private void ask(RedisConnection redis, RegisteredProcessor processor) {
        String id = processor.registration().id();
        SecretAddress url = processor.registration().healthEndpoint();
        long now = System.nanoTime();
        if (url == null || now - due.getOrDefault(id, now) < 0 || underWay.contains(id)) {
            return;
        }
        PollClaim claim = board.claim(redis, id, url.reveal(), settings.interval());
        due.put(id, now + claim.again(settings.interval()).toNanos());
        if (claim.granted()) {
            underWay.add(id);
            begin(claim, new HealthRequest.HealthEndpoint(id, url, processor.registeredFrom()));
        }
    }

    private void begin(PollClaim claim, HealthRequest.HealthEndpoint endpoint) {
        Thread.ofVirtual().name("poll of " + endpoint.processor()).start(() -> {
            try {
                done.add(new FinishedPoll(claim, call.call(endpoint)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                underWay.remove(endpoint.processor());
            }
        });
    }

    /** Stores the result of a poll. Returns whether it has changed. */
    private boolean noted(RedisConnection redis, FinishedPoll one) {
        String id = one.claim().processor();
        if (!board.note(redis, one.claim(), one.result())) {
            return false;
        }
        HealthPoll before = registry.snapshot().processor(id).map(known -> known.evidence().poll())
                .orElse(HealthPoll.NONE);
        boolean other = !before.kind().word().equals(one.result().kind());
        if (other) {
            report(id, one.result());
        }
        return other;
    }

    /** Only the log has the details: they are for those who run the service, not for all who may register. */
    private static void report(String id, PollResult result) {
        if (result.kind().equals(HealthPoll.PollOutcome.REFUSED.word())) {
            log.warn("the health endpoint of processor {} is not polled: {}", id, result.detail());
        } else if (result.kind().equals(HealthPoll.PollOutcome.SILENT.word())) {
            log.warn("the health endpoint of processor {} does not answer: {}", id, result.detail());
        } else {
            log.info("the health endpoint of processor {} now answers {}", id, result.detail());
        }
    }

    /** Ends the polls in progress. */
    @Override
    public void close() {
        call.close();
    }

    /** The hosts whose health endpoints may be polled: a registrant must not make the service call a host that it could not call itself. */
    public static final class AllowedPollHosts {
        /** The host from which the processor registered. */
        public static final String REGISTRANT = "registrant";

        /** This host, under its loopback addresses. */
        public static final String LOOPBACK = "loopback";

        /** The default. */
        public static final AllowedPollHosts DEFAULT = new AllowedPollHosts(List.of(REGISTRANT, LOOPBACK));

        private final Set<String> names = new HashSet<>();
        private final Set<InetAddress> addresses = new HashSet<>();
        private final boolean registrant;
        private final boolean loopback;

        /**
         * @param allowed names, addresses, {@link #REGISTRANT}, {@link #LOOPBACK}
         */
        public AllowedPollHosts(List<String> allowed) {
            registrant = allowed.contains(REGISTRANT);
            loopback = allowed.contains(LOOPBACK);
            for (String one : allowed) {
                names.add(one.toLowerCase(Locale.ROOT));
                literal(one).forEach(addresses::add);
            }
            names.removeAll(Set.of(REGISTRANT, LOOPBACK));
            if (loopback) {
                names.add("localhost");
            }
        }

        /**
         * Whether a host may be polled: its name must be listed, or its address allowed. No name is resolved here: how long that takes, and
         * whether it fails, would tell a registrant which names exist.
         *
         * @param host a name or an address, as in a URL
         * @param registeredFrom the address from which the processor registered; null: unknown
         */
        boolean allow(String host, @Nullable String registeredFrom) {
            if (names.contains(host.toLowerCase(Locale.ROOT))) {
                return true;
            }
            List<InetAddress> from = registrant && registeredFrom != null
                    ? literal(registeredFrom).toList()
                    : List.of();
            return literal(host).anyMatch(address -> addresses.contains(address)
                    || (loopback && address.isLoopbackAddress()) || from.contains(address));
        }

        private static Stream<InetAddress> literal(String text) {
            try {
                return Stream.of(InetAddress.ofLiteral(text));
            } catch (IllegalArgumentException e) {
                // A name.
                return Stream.empty();
            }
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof AllowedPollHosts hosts && names.equals(hosts.names)
                    && addresses.equals(hosts.addresses)
                    && registrant == hosts.registrant && loopback == hosts.loopback;
        }

        @Override
        public int hashCode() {
            return names.hashCode() + addresses.hashCode();
        }

        @Override
        public String toString() {
            return names + " " + addresses + (registrant ? " " + REGISTRANT : "") + (loopback ? " " + LOOPBACK : "");
        }
    }
}
