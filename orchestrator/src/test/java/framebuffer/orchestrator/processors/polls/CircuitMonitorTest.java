package framebuffer.orchestrator.processors.polls;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.EmptyRedis;
import framebuffer.orchestrator.processors.health.Circuit;
import framebuffer.orchestrator.processors.health.CircuitPolicy;
import framebuffer.orchestrator.processors.health.CircuitPolicy.CircuitThresholds;
import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.orchestrator.processors.registry.HandClock;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.redis.RedisConnection;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Heartbeat.HealthStatus;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CircuitMonitorTest {
    @RegisterExtension
    static final EmptyRedis redis = new EmptyRedis();
    private static final Keys KEYS = Keys.DEFAULT;
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final HandClock clock = new HandClock();
    private final List<Registry> opened = new ArrayList<>();
    private Registry registry;
    private CircuitMonitor watch;

    @BeforeEach
    void open() {
        registry = registry();
        watch = watch(registry);
        register("a");
        turn();
    }

    @AfterEach
    void close() {
        opened.forEach(Registry::close);
    }

    private Registry registry() {
        Registry made = new Registry(
                new Registry.Settings(redis.address(), KEYS, RegistrationLimits.DEFAULT, Duration.ofMillis(20), clock));
        opened.add(made);
        return made;
    }

    private CircuitMonitor watch(Registry of) {
        return new CircuitMonitor(KEYS, new CircuitPolicy(CircuitThresholds.DEFAULT), of, clock);
    }

    private void register(String id) {
        registry.register(Registration.of(id, List.of("face"), 10));
    }

    private void turn() {
        watch.runOnce(redis.connection());
    }

    private void pass(Duration time) {
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(SECOND)) {
            clock.advance(SECOND);
            registry.snapshot().all().forEach(one -> registry.heartbeat(
                    new Heartbeat(one.registration().id(), HealthStatus.HEALTHY, null, null, null, null)));
            turn();
        }
    }

    private void fails(String id) {
        redis.call("HSET", KEYS.circuits(), id, "closed 3");
    }

    /** The last observed activity of the processor; 0: it owes nothing. */
    private void acts(String id, long acknowledgedAt, long owedSince) {
        redis.call("HSET", KEYS.activity(), "frames:ready:" + id,
                acknowledgedAt + " " + acknowledgedAt + " " + owedSince);
    }

    private long now() {
        return clock.now().toEpochMilli();
    }

    private RegisteredProcessor shown(String id) {
        return registry.read().processor(id).orElseThrow();
    }

    private String circuit() {
        return shown("a").circuit().word();
    }

    @Test
    void threeFailuresCutItOffAndTimeAndSuccessesBringItBack() {
        fails("a");
        turn();
        assertThat(registry.snapshot().available()).isEmpty();
        assertThat(registry.snapshot().cutOff()).containsExactly("a");
        assertThat(shown("a").health().status()).isEqualTo(HealthStatus.UNHEALTHY);
        pass(Duration.ofSeconds(59));
        assertThat(circuit()).isEqualTo("open");
        pass(SECOND);
        assertThat(registry.snapshot().available()).extracting(Registration::capacity).containsExactly(3);
        assertThat(shown("a").health().status()).isEqualTo(HealthStatus.DEGRADED);
        redis.call("HSET", KEYS.circuits(), "a", "half-open " + now() + " 3 0 failures");
        turn();
        assertThat(registry.snapshot().available()).extracting(Registration::capacity).containsExactly(10);
        assertThat(redis.hash(KEYS.circuits())).isEmpty();
    }

    @Test
    void theRegistryOfAnotherInstanceSeesItToo() {
        Registry other = registry();
        other.read();
        AtomicInteger changes = new AtomicInteger();
        other.onChange(changes::incrementAndGet);
        fails("a");
        turn();
        watch(other).runOnce(redis.connect());
        assertThat(other.snapshot().available()).isEmpty();
        assertThat(changes).hasValue(1);
    }

    @Test
    void aStallIsNotEndedByHeartbeatsButByAProbeAndAProbeThatDoesNotComeBackOpensItAgain() {
        acts("a", now(), now());
        pass(Duration.ofSeconds(29));
        assertThat(circuit()).isEqualTo("closed");
        pass(SECOND);
        assertThat(circuit()).isEqualTo("open");
        assertThat(shown("a").health().reason()).contains("acknowledged none");
        pass(Duration.ofSeconds(59));
        assertThat(circuit()).isEqualTo("open");
        pass(SECOND);
        assertThat(circuit()).isEqualTo("half_open");
        pass(Duration.ofSeconds(30));
        assertThat(circuit()).isEqualTo("open");
        clock.advance(SECOND);
        acts("a", now(), now());
        turn();
        assertThat(circuit()).isEqualTo("closed");
    }

    @Test
    void whatIsAcknowledgedAtTheLastMomentIsSeen() {
        acts("a", now(), now());
        pass(Duration.ofSeconds(29));
        acts("a", now(), now() - 29_000);
        clock.advance(SECOND);
        turn();
        assertThat(circuit()).isEqualTo("closed");
    }

    @Test
    void aConnectionThatWasLostBeginsAllWatchesAnew() {
        acts("a", now(), now());
        pass(Duration.ofSeconds(29));
        watch.connected(redis.connection());
        turn();
        pass(Duration.ofSeconds(29));
        assertThat(circuit()).isEqualTo("closed");
        pass(SECOND);
        assertThat(circuit()).isEqualTo("open");
    }

    @Test
    void nobodyStallsWhileWeWereAsleep() {
        acts("a", now(), now());
        clock.advance(Duration.ofMinutes(5));
        turn();
        assertThat(circuit()).isEqualTo("closed");
        pass(Duration.ofSeconds(30));
        assertThat(circuit()).isEqualTo("open");
    }

    @Test
    void whoHasNothingToDoDoesNotStall() {
        acts("a", now(), 0);
        pass(Duration.ofSeconds(90));
        assertThat(circuit()).isEqualTo("closed");
    }

    @Test
    void ofFourThatFailTwoGoOnAndItIsSaid() {
        List.of("b", "c", "d").forEach(this::register);
        for (String id : List.of("a", "b", "c", "d")) {
            fails(id);
            clock.advance(SECOND);
            turn();
        }
        assertThat(registry.snapshot().available()).extracting(Registration::id).containsExactly("c", "d");
        assertThat(registry.snapshot().readmitted()).containsExactlyInAnyOrder("c", "d");
        assertThat(registry.snapshot().cutOff()).containsExactlyInAnyOrder("a", "b");
        assertThat(shown("c").health().status()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(shown("c").health().reason()).contains("still gets frames");
        pass(Duration.ofSeconds(60));
        assertThat(registry.snapshot().available()).as("all are tried").hasSize(4);
        assertThat(registry.snapshot().readmitted()).isEmpty();
    }

    @Test
    void aRegistryThatKnowsNobodyYetForgetsNoCircuit() {
        fails("a");
        fails("gone");
        watch(registry()).runOnce(redis.connection());
        assertThat(redis.hash(KEYS.circuits())).containsOnlyKeys("a");
    }

    @Test
    void whatMakesNoSenseIsRemoved() {
        redis.call("HSET", KEYS.circuits(), "a", "nonsense");
        turn();
        assertThat(redis.hash(KEYS.circuits())).isEmpty();
        assertThat(shown("a").circuit()).isEqualTo(Circuit.CLOSED);
    }

    @Test
    void ofManyInstancesOneMovesIt() throws Exception {
        List<CircuitMonitor> watches = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Registry mine = registry();
            mine.read();
            watches.add(watch(mine));
        }
        for (int round = 0; round < 20; round++) {
            fails("a");
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> turns = new ArrayList<>();
                for (CircuitMonitor one : watches) {
                    RedisConnection mine = redis.connect();
                    turns.add(threads.submit(() -> one.runOnce(mine)));
                }
                for (Future<?> one : turns) {
                    one.get();
                }
            }
            assertThat(redis.hash(KEYS.circuits())).containsEntry("a", "open " + now() + " failures");
        }
    }
}
