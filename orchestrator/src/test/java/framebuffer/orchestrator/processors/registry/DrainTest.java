package framebuffer.orchestrator.processors.registry;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Registration;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A draining processor gets no more frames, and leaves when it has finished its own. */
class DrainTest {
    @RegisterExtension
    final RegistryRefresh refresh = new RegistryRefresh();

    private static final Registration FACE = Registration.of("face-1", List.of("face_detection"), 10);
    private static final String QUEUE = "frames:ready:face-1";

    @TempDir
    static Path folder;
    private static EmbeddedRedis server;

    private final HandClock clock = new HandClock();
    private RedisConnection redis;
    private Registry registry;
    private Registry other;

    @BeforeAll
    static void startRedis() {
        server = EmbeddedRedis.start(folder);
    }

    @AfterAll
    static void stopRedis() {
        server.close();
    }

    @BeforeEach
    void open() {
        redis = RedisConnection.open(server.address());
        redis.call("FLUSHALL");
        registry = registry();
        other = registry();
        registry.register(FACE);
    }

    @AfterEach
    void close() {
        registry.close();
        other.close();
        redis.close();
    }

    private Registry registry() {
        return new Registry(new Registry.Settings(server.address(), Keys.DEFAULT, RegistrationLimits.DEFAULT,
                Duration.ofMillis(10), clock));
    }

    private String enqueue() {
        return Replies.text(redis.call("XADD", QUEUE, "*", "frame_id", "f"));
    }

    private Optional<RegisteredProcessor> beat() {
        return registry.heartbeat(new Heartbeat("face-1", Heartbeat.HealthStatus.HEALTHY, null, null, null, null));
    }

    private RegisteredProcessor drained() {
        return registry.drain("face-1").orElseThrow();
    }

    @Test
    void itIsNoLongerAvailableToAnyInstanceAndStaysRegistered() {
        assertThat(drained().draining()).isTrue();
        assertThat(registry.snapshot().available()).isEmpty();
        assertThat(other.read().available()).isEmpty();
        assertThat(other.snapshot().all()).containsExactlyElementsOf(registry.snapshot().all());
        assertThat(drained()).as("draining twice").isEqualTo(registry.snapshot().processor("face-1").orElseThrow());
    }

    @Test
    void whoIsNotThereCannotBeDrained() {
        assertThat(registry.drain("nobody")).isEmpty();
    }

    @Test
    void drainingIsAChangeThatListenersHearOf() {
        RegistrySnapshot before = registry.snapshot();
        drained();
        assertThat(registry.snapshot().sameAs(before)).isFalse();
    }

    @Test
    void aHeartbeatIsNotedAndChangesNothing() {
        drained();
        assertThat(beat()).get().returns(true, RegisteredProcessor::draining);
        assertThat(registry.read().available()).isEmpty();
    }

    @Test
    void itHearsSoAlsoFromAnInstanceThatDoesNotKnowYet() {
        other.read();
        drained();
        Heartbeat beat = new Heartbeat("face-1", Heartbeat.HealthStatus.HEALTHY, null, null, null, null);
        assertThat(other.heartbeat(beat)).get().returns(true, RegisteredProcessor::draining);
    }

    @Test
    void anUpdateEndsIt() {
        drained();
        registry.update(FACE);
        assertThat(registry.snapshot().available()).containsExactly(FACE);
    }

    @Test
    void registeringAnewEndsIt() {
        drained();
        clock.advance(Duration.ofSeconds(6));
        assertThat(registry.register(FACE)).isInstanceOf(RegistrationOutcome.Accepted.class);
        assertThat(other.read().available()).containsExactly(FACE);
    }

    @Test
    void withAnEmptyQueueItIsUnregisteredAndItsQueueRemoved() {
        beat();
        drained();
        refresh.start(registry, server.address());
        Instant then = Replies.time(redis.call("TIME"));
        Await.until("it is looked at", () -> Replies.time(redis.call("TIME")).isAfter(then.plusMillis(100)));
        assertThat(registry.snapshot().all()).as("it does not know yet").hasSize(1);
        beat();
        Await.until("it is gone", () -> registry.snapshot().all().isEmpty());
        assertThat(redis.call("EXISTS", QUEUE, "processors:registry", "processors:departed")).isEqualTo(0L);
    }

    @Test
    void oneThatIsSilentNeedNotBeTold() {
        drained();
        refresh.start(registry, server.address());
        clock.advance(Duration.ofMinutes(2));
        Await.until("it is gone", () -> registry.snapshot().all().isEmpty());
    }

    @Test
    void asLongAsItsQueueHoldsAFrameItStays() {
        String entry = enqueue();
        RegisteredProcessor draining = drained();
        assertThat(emptied(draining)).isFalse();
        redis.call("XDEL", QUEUE, entry);
        assertThat(emptied(draining)).isTrue();
        assertThat(emptied(draining)).as("it is gone already").isFalse();
    }

    @Test
    void afterARestartItStillDrains() {
        enqueue();
        drained();
        beat();
        registry.close();
        refresh.start(other, server.address());
        assertThat(other.read().processor("face-1").orElseThrow().draining()).isTrue();
        redis.call("XTRIM", QUEUE, "MAXLEN", 0);
        Await.until("it is gone", () -> other.snapshot().all().isEmpty());
    }

    @Test
    void whoeverEndedItInTimeStays() {
        RegisteredProcessor draining = drained();
        registry.update(FACE);
        assertThat(emptied(draining)).isFalse();
        assertThat(registry.read().all()).hasSize(1);
        assertThat(redis.call("EXISTS", QUEUE)).isEqualTo(1L);
    }

    @Test
    void aQueueThatIsNoStreamHoldsItUpNoLongerAndIsLeftAlone() {
        RegisteredProcessor draining = drained();
        redis.call("DEL", QUEUE);
        redis.call("SET", QUEUE, "somebody else's");
        assertThat(emptied(draining)).isTrue();
        assertThat(redis.call("EXISTS", QUEUE)).isEqualTo(1L);
    }

    private boolean emptied(RegisteredProcessor draining) {
        RegistryReader reader = new RegistryReader(Keys.DEFAULT, 3);
        return new RegistryCommands(Keys.DEFAULT, RegistrationLimits.DEFAULT, reader, false).ifEmptied(redis,
                draining, RegisteredProcessor::draining, clock.now());
    }
}
