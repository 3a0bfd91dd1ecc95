package framebuffer.orchestrator.processors.polls;

import framebuffer.orchestrator.processors.health.Circuit;
import framebuffer.orchestrator.processors.health.CircuitPolicy;
import framebuffer.orchestrator.processors.health.CircuitPolicy.QueueActivity;
import framebuffer.orchestrator.processors.health.ListeningPeriod;
import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.orchestrator.processors.registry.RegistrySnapshot;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.Replies;
import framebuffer.redis.cluster.RedisClock;
import framebuffer.redis.queues.ProcessorActivity;
import framebuffer.redis.tables.CircuitStore;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Advances circuits, and refreshes the registry when one has changed, here or at another instance. */
public final class CircuitMonitor implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(CircuitMonitor.class);
    private static final Duration REST = Duration.ofMillis(100);

    private final Keys keys;
    private final CircuitStore board;
    private final CircuitPolicy policy;
    private final Registry registry;
    private final RedisClock clock;
    private final Map<String, String> said = new HashMap<>();
    private Set<String> readmitted = Set.of();
    private final ListeningPeriod listening = new ListeningPeriod();

    public CircuitMonitor(Keys keys, CircuitPolicy policy, Registry registry, RedisClock clock) {
        this.keys = keys;
        this.board = new CircuitStore(keys);
        this.policy = policy;
        this.registry = registry;
        this.clock = clock;
    }

    @Override
    public void connected(RedisConnection redis) {
        listening.restart();
    }

    @Override
    public Duration rest() {
        return REST;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        Map<String, String> circuits = board.read(redis);
        // Newer than the registry's reading, so that no acknowledgement since then is missed and taken for a stall.
        Map<String, byte[]> activity = Replies.map(redis.call("HGETALL", keys.activity()));
        Instant now = clock.now(redis);
        listening.observe(now);
        RegistrySnapshot known = registry.snapshot();
        boolean moved = false;
        for (RegisteredProcessor processor : known.all()) {
            String seen = circuits.getOrDefault(processor.registration().id(), "");
            moved |= moved(redis, processor, seen,
                    policy.next(Circuit.parse(seen), conduct(activity, processor), now));
        }
        said.keySet().removeIf(id -> known.processor(id).isEmpty());
        circuits.forEach((id, circuit) -> {
            if (known.processor(id).isEmpty()) {
                board.forget(redis, id, circuit);
            }
        });
        if (moved) {
            registry.read();
        }
        report(registry.snapshot().readmitted());
    }

    private QueueActivity conduct(Map<String, byte[]> activities, RegisteredProcessor processor) {
        byte[] value = activities.get(keys.queue(processor.registration().queue()));
        ProcessorActivity activity = value == null ? null : ProcessorActivity.parse(value);
        return new QueueActivity(processor.registration(), processor.registeredAt(), listening.since(),
                activity == null ? null : activity.acknowledgedAt(), activity == null ? null : activity.owedSince());
    }

    /** Whether this circuit differs from the registry's reading. */
    private boolean moved(RedisConnection redis, RegisteredProcessor processor, String seen, Circuit next) {
        String id = processor.registration().id();
        boolean ours = !next.encode().equals(seen) && board.move(redis, id, seen, next.encode());
        Circuit stands = ours ? next : Circuit.parse(seen);
        report(id, stands);
        return ours || !stands.word().equals(processor.circuit().word());
    }

    /** Logs each change of a circuit, by any instance. */
    private void report(String id, Circuit stands) {
        String before = said.getOrDefault(id, Circuit.CLOSED.word());
        if (stands.word().equals(before)) {
            return;
        }
        said.put(id, stands.word());
        switch (stands) {
            case Circuit.Closed _ -> log.info("processor {} works again: its circuit is closed", id);
            case Circuit.HalfOpen _ ->
                log.info("processor {} gets a few probe frames: its circuit is half-open", id);
            case Circuit.Open open ->
                log.warn("processor {} gets no frames, its circuit is open: {}", id, open.cause().reason());
        }
    }

    private void report(Set<String> now) {
        if (!now.equals(readmitted)) {
            if (now.isEmpty()) {
                log.info("no processor with an open circuit gets frames any more");
            } else {
                log.warn(
                        "processors {} still get frames although their circuits are open: more than half of the processors of a capability fail",
                        now);
            }
            readmitted = now;
        }
    }
}
