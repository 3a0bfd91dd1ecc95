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
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls the health endpoints of those processors that have one, each by one instance at a time. A poll runs on a thread of its own, of
 * which there is at most one a processor.
 */
public final class HealthPoller implements RedisLoop.Work, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HealthPoller.class);
    private static final int TRIES = 2;

    private final HealthPollStore board;
    private final PollSettings settings;
    private final Registry registry;
    private final HealthRequest call;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();
    /** When it is worth asking for the next poll, by id, in nanoseconds of this process. */
    private final Map<String, Long> due = new HashMap<>();
    private final Queue<FinishedPoll> done = new ConcurrentLinkedQueue<>();

    private record FinishedPoll(PollClaim claim, PollResult result) {
    }

    /**
     * How endpoints are polled.
     *
     * @param interval
     *            between two polls of one
     * @param timeout
     *            of a try; cut so that both tries of a poll end before the next is due
     * @param hosts
     *            where
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
    public void turn(RedisConnection redis) {
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

    /** Notes what came of a poll; answers whether that is something else than before. */
    private boolean noted(RedisConnection redis, FinishedPoll one) {
        String id = one.claim().processor();
        if (!board.note(redis, one.claim(), one.result())) {
            return false;
        }
        HealthPoll before = registry.snapshot().processor(id).map(known -> known.evidence().poll())
                .orElse(HealthPoll.NONE);
        boolean other = !before.kind().word().equals(one.result().kind());
        if (other) {
            say(id, one.result());
        }
        return other;
    }

    private static void say(String id, PollResult result) {
        if (result.kind().equals(HealthPoll.PollOutcome.REFUSED.word())) {
            log.warn("the health endpoint of processor {} is not polled: {}", id, result.detail());
        } else if (result.kind().equals(HealthPoll.PollOutcome.SILENT.word())) {
            log.warn("the health endpoint of processor {} does not answer: {}", id, result.detail());
        } else {
            log.info("the health endpoint of processor {} now answers {}", id, result.detail());
        }
    }

    /** Ends the polls that are under way. */
    @Override
    public void close() {
        call.close();
    }
}
