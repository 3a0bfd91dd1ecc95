package framebuffer.orchestrator.watch;

import framebuffer.orchestrator.breaker.Circuit;
import framebuffer.orchestrator.breaker.CircuitPolicy;
import framebuffer.orchestrator.breaker.Conduct;
import framebuffer.orchestrator.health.Listening;
import framebuffer.orchestrator.registry.Processor;
import framebuffer.orchestrator.registry.RedisClock;
import framebuffer.orchestrator.registry.Registry;
import framebuffer.orchestrator.registry.RegistrySnapshot;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisLoop;
import framebuffer.streams.Replies;
import framebuffer.streams.shared.CircuitBoard;
import framebuffer.streams.work.Activity;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves circuits on, and makes the registry see it when one has moved, here or in another instance. */
public final class CircuitWatch implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(CircuitWatch.class);
    private static final Duration REST = Duration.ofMillis(100);

    private final Keys keys;
    private final CircuitBoard board;
    private final CircuitPolicy policy;
    private final Registry registry;
    private final RedisClock clock;
    private final Map<String, String> said = new HashMap<>();
    private Set<String> readmitted = Set.of();
    private final Listening listening = new Listening();

    public CircuitWatch(Keys keys, CircuitPolicy policy, Registry registry, RedisClock clock) {
        this.keys = keys;
        this.board = new CircuitBoard(keys);
        this.policy = policy;
        this.registry = registry;
        this.clock = clock;
    }

    @Override
    public void connected(RedisConnection redis) {
        listening.anew();
    }

    @Override
    public Duration rest() {
        return REST;
    }

    @Override
    public void turn(RedisConnection redis) {
        Map<String, String> circuits = board.read(redis);
        // Younger than what the registry has read: what was acknowledged meanwhile must not count as a stall.
        Map<String, byte[]> activity = Replies.map(redis.call("HGETALL", keys.activity()));
        Instant now = clock.now(redis);
        listening.look(now);
        RegistrySnapshot known = registry.snapshot();
        boolean moved = false;
        for (Processor processor : known.all()) {
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
        say(registry.snapshot().readmitted());
    }

    private Conduct conduct(Map<String, byte[]> activities, Processor processor) {
        byte[] value = activities.get(keys.queue(processor.registration().queue()));
        Activity activity = value == null ? null : Activity.parse(value);
        return new Conduct(processor.registration(), processor.registeredAt(), listening.since(),
                activity == null ? null : activity.acknowledgedAt(), activity == null ? null : activity.owedSince());
    }

    /** Whether the registry does not know yet how this circuit stands. */
    private boolean moved(RedisConnection redis, Processor processor, String seen, Circuit next) {
        String id = processor.registration().id();
        boolean ours = !next.encode().equals(seen) && board.move(redis, id, seen, next.encode());
        Circuit stands = ours ? next : Circuit.parse(seen);
        say(id, stands);
        return ours || !stands.word().equals(processor.circuit().word());
    }

    /** Says it when it is another than before, whoever moved it: another instance, or an answer. */
    private void say(String id, Circuit stands) {
        String before = said.getOrDefault(id, Circuit.CLOSED.word());
        if (stands.word().equals(before)) {
            return;
        }
        said.put(id, stands.word());
        switch (stands) {
            case Circuit.Closed _ -> log.info("processor {} works again: its circuit is closed", id);
            case Circuit.HalfOpen _ ->
                log.info("processor {} gets a few frames again, to see: its circuit is half-open", id);
            case Circuit.Open open ->
                log.warn("processor {} gets no frames, its circuit is open: {}", id, open.cause().reason());
        }
    }

    private void say(Set<String> now) {
        if (!now.equals(readmitted)) {
            if (now.isEmpty()) {
                log.info("no processor whose circuit is open goes on any more");
            } else {
                log.warn(
                        "processors {} go on although their circuits are open: more than half of those that can do the same fail",
                        now);
            }
            readmitted = now;
        }
    }
}
