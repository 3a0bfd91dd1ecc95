package framebuffer.orchestrator.processors.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.redis.cluster.RedisClock;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Heartbeat.HealthStatus;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class RegistryTest {
    @RegisterExtension
    final RegistryRefresh refresh = new RegistryRefresh();

    private static final Keys KEYS = Keys.DEFAULT;
    private static final Registration FACE = Registration.of("face-1", List.of("face_detection"), 10);

    @TempDir
    static Path folder;
    private static EmbeddedRedis server;

    private final HandClock clock = new HandClock();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private RedisConnection redis;
    private Registry registry;

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
        registry = registry(RegistrationLimits.DEFAULT);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
        redis.close();
    }

    @Test
    void whoRegistersIsSeenAtOnceAndPersisted() {
        assertThat(registry.register(FACE)).isInstanceOf(RegistrationOutcome.Accepted.class);
        assertThat(registry.snapshot().available()).containsExactly(FACE);
        assertThat(text(redis.call("HGET", "processors:registry", "face-1"))).contains("\"id\":\"face-1\"",
                "\"registered_at\":\"2026-11-23T12:00:00.000000Z\"");
    }

    @Test
    void processorsRegisterAndLeaveWithoutMemory() {
        redis.call("CONFIG", "SET", "maxmemory", 1);
        try {
            assertThat(registry.register(FACE)).isInstanceOf(RegistrationOutcome.Accepted.class);
            assertThat(registry.unregister("face-1")).isPresent();
            assertThat(registry.snapshot().all()).isEmpty();
        } finally {
            redis.call("CONFIG", "SET", "maxmemory", 0);
        }
    }

    @Test
    void registeringCreatesTheQueueAsAnEmptyStream() {
        registry.register(FACE);
        assertThat(text(redis.call("TYPE", "frames:ready:face-1"))).isEqualTo("stream");
        assertThat(redis.call("XLEN", "frames:ready:face-1")).isEqualTo(0L);
    }

    @Test
    void aQueueOfTheWrongTypeIsRefusedAndTheProcessorNotSeen() {
        redis.call("SET", "frames:ready:face-1", "no stream");
        assertThat(registry.register(FACE))
                .isEqualTo(new RegistrationOutcome.QueueUnusable("frames:ready:face-1", "string"));
        assertThat(registry.read().all()).isEmpty();
    }

    @Test
    void aLiveProcessorKeepsItsIdAndASilentOneLosesIt() {
        registry.register(FACE);
        registry.heartbeat(said(HealthStatus.UNHEALTHY));
        assertThat(registry.register(FACE)).isInstanceOf(RegistrationOutcome.AlreadyRegistered.class);
        clock.advance(Duration.ofSeconds(5));
        assertThat(registry.register(FACE)).isInstanceOf(RegistrationOutcome.Accepted.class);
        assertThat(status()).as("the heartbeat of the earlier incarnation is forgotten")
                .isEqualTo(HealthStatus.HEALTHY);
    }

    @Test
    void aHeartbeatIsPersistedWithItsTime() {
        registry.register(FACE);
        clock.advance(Duration.ofSeconds(7));
        RegisteredProcessor processor = registry.heartbeat(said(HealthStatus.HEALTHY)).orElseThrow();
        assertThat(processor.lastSeen()).isEqualTo(clock.now());
        assertThat(text(redis.call("HGET", "processors:health", "face-1"))).contains("\"processor_id\":\"face-1\"",
                "\"at\":\"2026-11-23T12:00:07.000000Z\"");
    }

    @Test
    void aHeartbeatOfAnUnknownProcessorLeavesNoTrace() {
        assertThat(registry.heartbeat(said(HealthStatus.HEALTHY))).isEmpty();
        assertThat(redis.call("EXISTS", "processors:health")).isEqualTo(0L);
    }

    @Test
    void aHeartbeatBringsAnUnhealthyProcessorBackAtOnce() {
        registry.register(FACE);
        clock.advance(Duration.ofSeconds(60));
        assertThat(registry.read().available()).isEmpty();
        registry.heartbeat(said(HealthStatus.HEALTHY));
        assertThat(registry.snapshot().available()).containsExactly(FACE);
    }

    @Test
    void aHeartbeatForAProcessorThatAnotherInstanceRegisteredIsKnown() {
        registry(RegistrationLimits.DEFAULT).register(FACE);
        assertThat(registry.heartbeat(said(HealthStatus.DEGRADED))).get().extracting(p -> p.health().status())
                .isEqualTo(HealthStatus.DEGRADED);
    }

    @Test
    void anUpdateReplacesWhatIsRegisteredAndCountsAsASignOfLife() {
        registry.register(FACE);
        clock.advance(Duration.ofSeconds(90));
        Registration larger = Registration.of("face-1", List.of("face_detection", "age"), 20);
        assertThat(registry.update(larger)).isInstanceOf(RegistrationOutcome.Accepted.class);
        assertThat(registry.snapshot().available()).containsExactly(larger);
    }

    @Test
    void anUpdateOfAnUnknownProcessorIsRefused() {
        assertThat(registry.update(FACE)).isEqualTo(new RegistrationOutcome.NotRegistered("face-1"));
    }

    @Test
    void aQueueThatIsGivenUpIsRememberedUntilItIsEmpty() {
        registry.register(FACE);
        enqueue(FACE);
        registry.update(withQueue("frames:ready:other"));
        assertThat(registry.snapshot().departed()).containsExactly(FACE);
        registry.update(FACE);
        assertThat(registry.snapshot().departed()).extracting(Registration::queue)
                .as("taken back; now the other is given up").containsExactly("frames:ready:other");
    }

    @Test
    void whoIsUnregisteredIsGoneAndItsQueueRemembered() {
        registry.register(FACE);
        registry.heartbeat(said(HealthStatus.HEALTHY));
        assertThat(registry.unregister("face-1")).get().extracting(RegisteredProcessor::registration).isEqualTo(FACE);
        assertThat(registry.snapshot().all()).isEmpty();
        assertThat(registry.snapshot().departed()).containsExactly(FACE);
        assertThat(redis.call("EXISTS", "processors:health")).isEqualTo(0L);
        assertThat(registry.unregister("face-1")).isEmpty();
    }

    @Test
    void whoRegistersAnewIsNotDepartedAnyMore() {
        registry.register(FACE);
        registry.unregister("face-1");
        assertThat(registry.register(FACE)).isInstanceOf(RegistrationOutcome.Accepted.class);
        assertThat(registry.snapshot().departed()).isEmpty();
    }

    @Test
    void aDepartedQueueIsRemovedOnlyWhenItIsEmpty() {
        registry.register(FACE);
        String entry = enqueue(FACE);
        registry.unregister("face-1");
        assertThat(registry.forgotten(FACE)).isFalse();
        redis.call("XDEL", "frames:ready:face-1", entry);
        assertThat(registry.forgotten(FACE)).isTrue();
        assertThat(registry.snapshot().departed()).isEmpty();
        assertThat(redis.call("EXISTS", "frames:ready:face-1", "processors:departed")).isEqualTo(0L);
        assertThat(registry.forgotten(FACE)).as("forgetting twice").isTrue();
    }

    @Test
    void aQueueThatIsInUseAgainIsNotRemoved() {
        registry.register(FACE);
        registry.unregister("face-1");
        registry.register(FACE);
        assertThat(registry.forgotten(FACE)).isTrue();
        redis.call("HSET", "processors:departed", "frames:ready:face-1", FACE.encode());
        assertThat(registry.forgotten(FACE)).isTrue();
        assertThat(redis.call("EXISTS", "frames:ready:face-1")).isEqualTo(1L);
        assertThat(redis.call("EXISTS", "processors:departed")).isEqualTo(0L);
    }

    @Test
    void aDepartedQueueThatIsNoStreamIsForgottenAndLeftAlone() {
        registry.register(FACE);
        registry.unregister("face-1");
        redis.call("SET", "frames:ready:face-1", "somebody else's");
        assertThat(registry.forgotten(FACE)).isTrue();
        assertThat(redis.call("EXISTS", "frames:ready:face-1")).isEqualTo(1L);
    }

    @Test
    void fiftyAtOnceThroughTwoInstancesNeverExceedTheLimit() throws Exception {
        List<RegistrationOutcome> outcomes = fiftyAtOnce(new RegistrationLimits(30, Duration.ofSeconds(5)),
                i -> Registration.of("p" + i, List.of("x"), 1));
        assertThat(outcomes).filteredOn(RegistrationOutcome.Accepted.class::isInstance).hasSize(30);
        assertThat(outcomes).filteredOn(RegistrationOutcome.RegistryFull.class::isInstance).hasSize(20);
        assertThat(redis.call("HLEN", "processors:registry")).isEqualTo(30L);
    }

    @Test
    void ofFiftyWhoWantOneQueueExactlyOneGetsIt() throws Exception {
        List<RegistrationOutcome> outcomes = fiftyAtOnce(RegistrationLimits.DEFAULT,
                i -> new Registration("p" + i, List.of("x"), 1,
                        "frames:ready:one", null, null, Duration.ofSeconds(30), 1, null, FACE.metadata()));
        assertThat(outcomes).filteredOn(RegistrationOutcome.Accepted.class::isInstance).hasSize(1);
        assertThat(outcomes).filteredOn(RegistrationOutcome.QueueTaken.class::isInstance).hasSize(49);
    }

    @Test
    void ofFiftyWhoWantOneIdExactlyOneGetsIt() throws Exception {
        List<RegistrationOutcome> outcomes = fiftyAtOnce(RegistrationLimits.DEFAULT, _ -> FACE);
        assertThat(outcomes).filteredOn(RegistrationOutcome.Accepted.class::isInstance).hasSize(1);
        assertThat(outcomes).filteredOn(RegistrationOutcome.AlreadyRegistered.class::isInstance).hasSize(49);
    }

    @Test
    void aRestartForgetsNothing() {
        registry.register(FACE);
        registry.heartbeat(said(HealthStatus.DEGRADED));
        registry.register(Registration.of("gone", List.of("x"), 1));
        registry.unregister("gone");
        RegistrySnapshot after = registry(RegistrationLimits.DEFAULT).read();
        assertThat(after.all()).containsExactlyElementsOf(registry.read().all());
        assertThat(after.departed()).containsExactlyElementsOf(registry.snapshot().departed());
    }

    @Test
    void whatAnotherProgramWroteIsAccepted() {
        redis.call("HSET", "processors:registry", "by-hand",
                "{\"id\":\"by-hand\",\"capabilities\":[\"x\"],\"capacity\":5,\"queue\":\"frames:ready:h\",\"more\":1}");
        assertThat(registry.read().available()).extracting(Registration::queue).containsExactly("frames:ready:h");
        clock.advance(Duration.ofSeconds(59));
        assertThat(registry.read().available()).as("its lease began when it was first seen").hasSize(1);
        clock.advance(Duration.ofSeconds(1));
        assertThat(registry.read().available()).isEmpty();
    }

    @Test
    void whatMakesNoSenseIsSkippedAndTheRestGoesOn() {
        registry.register(FACE);
        redis.call("HSET", "processors:registry", "junk", "not json", "a", Json.bytes(FACE.json()), "b", "{}");
        redis.call("HSET", "processors:health", "face-1", "{\"status\":\"healthy\"}");
        redis.call("HSET", "processors:departed", "frames:ready:q", "[]");
        assertThat(registry.read().all()).extracting(p -> p.registration().id()).containsExactly("face-1");
        assertThat(registry.snapshot().departed()).isEmpty();
        redis.call("HDEL", "processors:registry", "junk");
        assertThat(registry.read().all()).hasSize(1);
    }

    @Test
    void theAvailableStayTheSameListWhileNothingChanges() {
        registry.register(FACE);
        List<Registration> before = registry.snapshot().available();
        clock.advance(Duration.ofSeconds(9));
        registry.heartbeat(said(HealthStatus.HEALTHY));
        assertThat(registry.read().available()).isSameAs(before);
        assertThat(registry.snapshot().processor("face-1").orElseThrow().lastSeen()).isEqualTo(clock.now());
    }

    @Test
    void listenersHearOfChangesOnly() {
        AtomicInteger changes = new AtomicInteger();
        registry.onChange(changes::incrementAndGet);
        registry.register(FACE);
        registry.heartbeat(said(HealthStatus.HEALTHY));
        registry.read();
        assertThat(changes).hasValue(1);
        registry.unregister("face-1");
        assertThat(changes).hasValue(2);
    }

    @Test
    void aKeyOfTheWrongTypeIsToldAndDoesNotLast() {
        redis.call("SET", "processors:registry", "no hash");
        assertThatThrownBy(() -> registry.register(FACE)).isInstanceOf(RedisRefused.class)
                .hasMessageContaining("WRONGTYPE");
        redis.call("DEL", "processors:registry");
        assertThat(registry.register(FACE)).isInstanceOf(RegistrationOutcome.Accepted.class);
    }

    @Test
    void aRestartOfRedisBetweenTwoCommandsIsNotNoticed(@TempDir Path elsewhere) {
        EmbeddedRedis first = EmbeddedRedis.start(elsewhere);
        Registry there = registry(first.address(), RegistrationLimits.DEFAULT);
        there.register(FACE);
        first.close();
        try (EmbeddedRedis second = EmbeddedRedis.start(elsewhere, first.address().port(), List.of())) {
            assertThat(second.process().isAlive()).isTrue();
            assertThat(there.read().available()).containsExactly(FACE);
        }
    }

    @Test
    void theTimeIsThatOfRedis() {
        Instant before = Instant.now();
        Instant said = RedisClock.SERVER.now(redis);
        assertThat(said).isBetween(before.minusSeconds(1), Instant.now().plusSeconds(1));
    }

    @Test
    void whatOthersChangeIsSeenByTheLoop() throws Exception {
        CountDownLatch changed = new CountDownLatch(1);
        registry.onChange(changed::countDown);
        assertThat(registry.known()).isFalse();
        refresh.start(registry, server.address());
        registry(RegistrationLimits.DEFAULT).register(FACE);
        changed.await();
        assertThat(registry.snapshot().available()).containsExactly(FACE);
        assertThat(registry.known()).isTrue();
    }

    @Test
    void theLoopNoticesSilenceAndMakesMissingQueues() {
        registry.register(FACE);
        refresh.start(registry, server.address());
        redis.call("DEL", "frames:ready:face-1");
        Await.until("the queue is made again", () -> Objects.equals(redis.call("EXISTS", "frames:ready:face-1"), 1L));
        clock.advance(Duration.ofSeconds(60));
        Await.until("unhealthy", () -> status() == HealthStatus.UNHEALTHY);
    }

    private HealthStatus status() {
        return registry.snapshot().processor("face-1").orElseThrow().health().status();
    }

    private List<RegistrationOutcome> fiftyAtOnce(RegistrationLimits limits, IntFunction<Registration> who)
            throws InterruptedException, ExecutionException {
        List<Registry> instances = List.of(registry(limits), registry(limits));
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<RegistrationOutcome>> futures = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                Registry instance = instances.get(i % 2);
                Registration registration = who.apply(i);
                futures.add(threads.submit(() -> {
                    go.await();
                    return instance.register(registration);
                }));
            }
            go.countDown();
            List<RegistrationOutcome> outcomes = new ArrayList<>();
            for (Future<RegistrationOutcome> future : futures) {
                outcomes.add(future.get());
            }
            return outcomes;
        }
    }

    private Registry registry(RegistrationLimits limits) {
        return registry(server.address(), limits);
    }

    private Registry registry(RedisAddress address, RegistrationLimits limits) {
        Registry made = new Registry(new Registry.Settings(address, KEYS, limits, Duration.ofMillis(20), clock));
        opened.add(made);
        return made;
    }

    private String enqueue(Registration processor) {
        return text(redis.call("XADD", processor.queue(), "*", "frame_id", "f1"));
    }

    private static Heartbeat said(HealthStatus status) {
        return new Heartbeat("face-1", status, null, null, null, null);
    }

    private static Registration withQueue(String queue) {
        return new Registration("face-1", FACE.capabilities(), 10, queue, null, null, Duration.ofSeconds(30), 1, null,
                FACE.metadata());
    }

    private static String text(@Nullable Object reply) {
        return Replies.text(reply);
    }
}
