package framebuffer.orchestrator.processors.registry;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.EmptyRedis;
import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.testkit.Await;
import framebuffer.wire.Keys;
import framebuffer.wire.SecretAddress;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Heartbeat.HealthStatus;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A long-silent processor is unregistered; tests which signals count as signs of life. */
class ForgottenTest {
    @RegisterExtension
    final RegistryRefresh refresh = new RegistryRefresh();

    @RegisterExtension
    static final EmptyRedis redis = new EmptyRedis();
    private static final Keys KEYS = Keys.DEFAULT;
    private static final Registration FACE = new Registration("face-1", List.of("face_detection"), 10,
            "frames:ready:face-1", null, new SecretAddress("http://127.0.0.1:1/health"), Duration.ofSeconds(30), 1,
            null,
            Registration.of("x", List.of("x"), 1).metadata());
    /** Slightly longer than its lease. */
    private static final Duration AFTER = Duration.ofSeconds(70);

    private final HandClock clock = new HandClock();
    private Registry registry;

    @BeforeEach
    void open() {
        registry = new Registry(
                new Registry.Settings(redis.address(), KEYS, RegistrationLimits.DEFAULT, Duration.ofMillis(10), clock,
                        3, AFTER));
        registry.register(FACE, "10.0.0.1");
    }

    @AfterEach
    void close() {
        registry.close();
    }

    private boolean isForgotten(RedisConnection through) {
        RegistryReader reader = new RegistryReader(KEYS, 3);
        return reader.read(through, clock.now()).processor("face-1")
                .map(there -> new RegistryCommands(KEYS, RegistrationLimits.DEFAULT, reader, false)
                        .ifEmptied(through, there, one -> one.mayBeForgotten(AFTER, clock.now()), clock.now()))
                .orElse(true);
    }

    private boolean isForgotten() {
        return isForgotten(redis.connection());
    }

    private Optional<RegisteredProcessor> beat(HealthStatus status) {
        return registry.heartbeat(new Heartbeat("face-1", status, null, null, null, null));
    }

    private void looksTwice() {
        for (int i = 0; i < 2; i++) {
            RegistrySnapshot before = registry.snapshot();
            Await.until("it checks again", () -> registry.snapshot() != before);
        }
    }

    /** Refreshes repeatedly meanwhile. */
    private void pass(Duration time) {
        Duration step = Duration.ofSeconds(2);
        for (Duration left = time; left.isPositive(); left = left.minus(step)) {
            clock.advance(left.compareTo(step) < 0 ? left : step);
            looksTwice();
        }
    }

    private RegisteredProcessor face() {
        return registry.read().processor("face-1").orElseThrow();
    }

    @Test
    void oneThatIsSilentForSoLongIsUnregisteredWithItsQueue() {
        refresh.start(registry, redis.address());
        looksTwice();
        pass(AFTER.minusMillis(1));
        Await.until("unhealthy", () -> !registry.snapshot().cutOff().isEmpty());
        assertThat(isForgotten()).isFalse();
        clock.advance(Duration.ofMillis(1));
        Await.until("gone", () -> registry.snapshot().all().isEmpty());
        assertThat(redis.call("EXISTS", FACE.queue(), KEYS.registry(), KEYS.departed())).isEqualTo(0L);
    }

    @Test
    void whatItCompletedStaysInTheSumUnderNoName() {
        redis.call("HSET", KEYS.completed(), "face-1 3", "7", "face-1 16", "1", " 3", "2", "sum_ms", "90");
        refresh.start(registry, redis.address());
        looksTwice();
        pass(AFTER);
        Await.until("gone", () -> registry.snapshot().all().isEmpty());
        assertThat(Replies.map(redis.call("HGETALL", KEYS.completed())).entrySet().stream()
                .map(field -> field.getKey() + "=" + Replies.text(field.getValue())))
                .containsExactlyInAnyOrder(" 3=9", " 16=1", "sum_ms=90");
    }

    @Test
    void notBecauseNobodyWasThereToHearIt() {
        clock.advance(AFTER.multipliedBy(2));
        refresh.start(registry, redis.address());
        looksTwice();
        pass(AFTER.minusMillis(1));
        assertThat(registry.snapshot().all()).hasSize(1);
        clock.advance(Duration.ofMillis(1));
        Await.until("gone", () -> registry.snapshot().all().isEmpty());
    }

    @Test
    void notBecauseWeWereAsleep() {
        refresh.start(registry, redis.address());
        looksTwice();
        clock.advance(AFTER.multipliedBy(2));
        looksTwice();
        assertThat(registry.snapshot().all()).hasSize(1);
        pass(AFTER);
        Await.until("gone", () -> registry.snapshot().all().isEmpty());
    }

    @Test
    void notWhileSomethingIsInItsQueue() {
        redis.call("XADD", FACE.queue(), "*", "f", "v");
        clock.advance(AFTER);
        assertThat(isForgotten()).isFalse();
    }

    @Test
    void oneThatBeatsNeverHoweverIllItSaysItIs() {
        clock.advance(AFTER);
        beat(HealthStatus.UNHEALTHY);
        assertThat(face().own().usable()).isFalse();
        assertThat(isForgotten()).isFalse();
    }

    @Test
    void whatItDoesAtItsQueueIsASignOfLife() {
        clock.advance(AFTER);
        long now = clock.now().toEpochMilli();
        redis.call("HSET", KEYS.activity(), FACE.queue(), (now - 1) + " " + (now - 2) + " 0");
        assertThat(face().own().usable()).isTrue();
        assertThat(face().lastSeen()).isEqualTo(clock.now().minusMillis(1));
        assertThat(isForgotten()).isFalse();
    }

    @Test
    void anAnswerOfItsHealthEndpointIsASignOfLifeButNotOfThisLife() {
        clock.advance(AFTER);
        redis.call("HSET", KEYS.polls(), "face-1", "1 " + clock.now().toEpochMilli() + " good with status 200");
        assertThat(face().own().usable()).isTrue();
        assertThat(isForgotten()).isFalse();
        assertThat(registry.register(FACE, "10.0.0.2")).as("taken over")
                .isInstanceOf(RegistrationOutcome.Accepted.class);
        assertThat(redis.call("EXISTS", KEYS.polls())).as("it answered for an earlier life").isEqualTo(0L);
        assertThat(face().registeredFrom()).isEqualTo("10.0.0.2");
    }

    @Test
    void silenceOfAnEndpointThatIsPolledNoMoreIsForgotten() {
        redis.call("HSET", KEYS.polls(), "face-1", "1 0 silent no connection");
        assertThat(face().own().reason()).isEqualTo("its health endpoint does not answer");
        Registration without = Registration.of("face-1", FACE.capabilities(), 10);
        registry.update(without, "10.0.0.1");
        redis.call("HSET", KEYS.polls(), "face-1", "1 0 silent no connection");
        assertThat(face().own().usable()).isTrue();
    }

    @Test
    void aHeartbeatThatComesAtTheSameTimeIsHeardOrFindsItGone() throws Exception {
        RedisConnection through = redis.connect();
        for (int round = 0; round < 50; round++) {
            registry.register(FACE, null);
            clock.advance(AFTER);
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Boolean> forgotten = threads.submit(() -> isForgotten(through));
                Future<Optional<RegisteredProcessor>> heard = threads.submit(() -> beat(HealthStatus.HEALTHY));
                assertThat(heard.get().isPresent()).isEqualTo(!forgotten.get());
            }
            assertThat(redis.call("HEXISTS", KEYS.registry(), "face-1"))
                    .isEqualTo(redis.call("EXISTS", FACE.queue()));
        }
    }
}
