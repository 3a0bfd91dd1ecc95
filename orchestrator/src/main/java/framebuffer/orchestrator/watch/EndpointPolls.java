package framebuffer.orchestrator.watch;

import framebuffer.orchestrator.health.Poll;
import framebuffer.orchestrator.registry.Processor;
import framebuffer.orchestrator.registry.Registry;
import framebuffer.orchestrator.registry.RegistrySnapshot;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisLoop;
import framebuffer.streams.shared.PollBoard;
import framebuffer.streams.shared.PollBoard.Claim;
import framebuffer.streams.shared.PollBoard.Result;
import framebuffer.wire.Keys;
import framebuffer.wire.secret.SecretAddress;
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
public final class EndpointPolls implements RedisLoop.Work, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EndpointPolls.class);
    private static final int TRIES = 2;

    private final PollBoard board;
    private final Settings settings;
    private final Registry registry;
    private final HealthCall call;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();
    /** When it is worth asking for the next poll, by id, in nanoseconds of this process. */
    private final Map<String, Long> due = new HashMap<>();
    private final Queue<Done> done = new ConcurrentLinkedQueue<>();

    private record Done(Claim claim, Result result) {
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
    public record Settings(Duration interval, Duration timeout, HealthHosts hosts) {
        public static final Settings DEFAULT = new Settings(Duration.ofSeconds(10), Duration.ofSeconds(5),
                HealthHosts.DEFAULT);

        private Duration rest() {
            Duration tenth = interval.dividedBy(10);
            return tenth.compareTo(Duration.ofMillis(100)) < 0 ? tenth : Duration.ofMillis(100);
        }

        private Duration ofATry() {
            Duration most = interval.minus(rest().multipliedBy(2)).dividedBy(TRIES);
            return timeout.compareTo(most) < 0 ? timeout : most;
        }
    }

    public EndpointPolls(Keys keys, Settings settings, Registry registry) {
        this.board = new PollBoard(keys);
        this.settings = settings;
        this.registry = registry;
        this.call = new HealthCall(settings.hosts(), settings.ofATry());
    }

    @Override
    public Duration rest() {
        return settings.rest();
    }

    @Override
    public void turn(RedisConnection redis) {
        boolean changed = false;
        for (Done one = done.poll(); one != null; one = done.poll()) {
            changed |= noted(redis, one);
        }
        if (changed) {
            registry.read();
        }
        RegistrySnapshot known = registry.snapshot();
        due.keySet().removeIf(id -> known.processor(id).isEmpty());
        known.all().forEach(processor -> ask(redis, processor));
    }

    private void ask(RedisConnection redis, Processor processor) {
        String id = processor.registration().id();
        SecretAddress url = processor.registration().healthEndpoint();
        long now = System.nanoTime();
        if (url == null || now - due.getOrDefault(id, now) < 0 || underWay.contains(id)) {
            return;
        }
        Claim claim = board.claim(redis, id, url.reveal(), settings.interval());
        due.put(id, now + claim.again(settings.interval()).toNanos());
        if (claim.granted()) {
            underWay.add(id);
            begin(claim, new HealthCall.Endpoint(id, url, processor.registeredFrom()));
        }
    }

    private void begin(Claim claim, HealthCall.Endpoint endpoint) {
        Thread.ofVirtual().name("poll of " + endpoint.processor()).start(() -> {
            try {
                done.add(new Done(claim, call.call(endpoint)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                underWay.remove(endpoint.processor());
            }
        });
    }

    /** Notes what came of a poll; answers whether that is something else than before. */
    private boolean noted(RedisConnection redis, Done one) {
        String id = one.claim().processor();
        if (!board.note(redis, one.claim(), one.result())) {
            return false;
        }
        Poll before = registry.snapshot().processor(id).map(known -> known.evidence().poll()).orElse(Poll.NONE);
        boolean other = !before.kind().word().equals(one.result().kind());
        if (other) {
            say(id, one.result());
        }
        return other;
    }

    private static void say(String id, Result result) {
        if (result.kind().equals(Poll.Kind.REFUSED.word())) {
            log.warn("the health endpoint of processor {} is not polled: {}", id, result.detail());
        } else if (result.kind().equals(Poll.Kind.SILENT.word())) {
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
