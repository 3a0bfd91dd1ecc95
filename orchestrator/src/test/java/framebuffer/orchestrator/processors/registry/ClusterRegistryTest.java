package framebuffer.orchestrator.processors.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.orchestrator.EmptyRedis;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisUnavailable;
import framebuffer.testkit.Await;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Heartbeat.HealthStatus;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A processor registers once, and is known in each partition in which it reads. */
class ClusterRegistryTest {
    @RegisterExtension
    final RegistryRefresh refresh = new RegistryRefresh();

    private static final Partitioning PARTITIONS = Partitioning.tagged("", 3);
    private static final Registration FACE = Registration.of("face-1", List.of("face_detection"), 10);

    @RegisterExtension
    static final EmptyRedis REDIS = new EmptyRedis();

    private final HandClock clock = new HandClock();
    private final List<Registry> registries = new ArrayList<>();
    private ClusterRegistry registry;

    @BeforeEach
    void open() {
        for (int i = 0; i < 3; i++) {
            registries.add(registry(i, REDIS.address()));
        }
        registry = new ClusterRegistry(registries);
    }

    private Registry registry(int partition, RedisAddress address) {
        Keys keys = PARTITIONS.keys(partition);
        return new Registry(
                new Registry.Settings(address, keys, RegistrationLimits.DEFAULT, Duration.ofMillis(20), clock),
                partition == 0
                        ? new PartitionRole(0, null, true,
                                all -> Stream.of(1, 2).flatMap(i -> registries.get(i).holding(all).stream())
                                        .collect(Collectors.toSet()))
                        : new PartitionRole(partition, registries.getFirst(), true, _ -> Set.of()));
    }

    @AfterEach
    void close() {
        registries.forEach(Registry::close);
    }

    private List<Boolean> isIn(String id) {
        return registries.stream().map(registry -> registry.read().processor(id).isPresent()).toList();
    }

    private static Heartbeat beat(String id) {
        return new Heartbeat(id, HealthStatus.HEALTHY, null, null, null, null);
    }

    @Test
    void oneThatReadsEverywhereIsEverywhereAndIsHeardEverywhere() {
        registry.register(FACE.inPartition("all"), null);
        assertThat(isIn("face-1")).containsExactly(true, true, true);
        clock.advance(Duration.ofSeconds(50));
        registry.heartbeat(beat("face-1"));
        clock.advance(Duration.ofSeconds(20));
        Await.until("all partitions have received the heartbeat", () -> registries.stream()
                .allMatch(registry -> registry.read().available().size() == 1));
        assertThat(registry.unregister("face-1")).isPresent();
        assertThat(isIn("face-1")).containsExactly(false, false, false);
        assertThat(registries).allSatisfy(registry -> assertThat(registry.read().departed()).hasSize(1));
        assertThat(registry.heartbeat(beat("face-1"))).isEmpty();
    }

    @Test
    void whileTheFirstPartitionIsAwayTheOthersHear() {
        registry.register(FACE.inPartition("all"), null);
        Registry away = registry(0, RedisAddress.parse("redis://127.0.0.1:1"));
        try (away) {
            ClusterRegistry without = new ClusterRegistry(List.of(away, registries.get(1), registries.get(2)));
            assertThat(without.heartbeat(beat("face-1"))).isPresent();
            assertThatThrownBy(() -> without.heartbeat(beat("face-2"))).isInstanceOf(RedisUnavailable.class);
        }
    }

    @Test
    void nobodyRegistersInAPartitionThatIsNotThere() {
        assertThat(registry.register(FACE.inPartition("3"), null))
                .isEqualTo(new RegistrationOutcome.NoSuchPartition("3", 3));
        assertThat(registry.register(FACE.inPartition("2"), null)).isInstanceOf(RegistrationOutcome.Accepted.class);
        assertThat(registry.update(FACE.inPartition("3"), null))
                .isInstanceOf(RegistrationOutcome.NoSuchPartition.class);
        assertThat(isIn("face-1")).containsExactly(true, false, true);
    }

    @Test
    void thoseThatSayNothingAreSpreadEvenlyAndStayWhereTheyAre() {
        for (int i = 0; i < 6; i++) {
            registry.register(Registration.of("old-" + i, List.of(i < 3 ? "faces" : "cars"), 10), null);
        }
        for (int partition = 1; partition < 3; partition++) {
            assertThat(registries.get(partition).read().all()).hasSize(2)
                    .flatExtracting(one -> one.registration().capabilities())
                    .containsExactlyInAnyOrder("faces", "cars");
        }
        String where = registries.getFirst().read().processor("old-1").orElseThrow().registration().partition();
        registry.update(Registration.of("old-1", List.of("faces"), 20), null);
        Registration after = registries.getFirst().read().processor("old-1").orElseThrow().registration();
        assertThat(after.partition()).isEqualTo(where);
        assertThat(after.capacity()).isEqualTo(20);
    }

    @Test
    void aPartitionThatWasAwayCatchesUp() {
        refresh.start(registries.getFirst(), REDIS.address());
        registries.getFirst().register(FACE.inPartition("all"));
        refresh.start(registries.get(1), REDIS.address());
        Await.until("it has followed", () -> registries.get(1).snapshot().processor("face-1").isPresent());
        REDIS.call("HDEL", PARTITIONS.keys(0).registry(), "face-1");
        Await.until("it has followed again", () -> registries.get(1).snapshot().processor("face-1").isEmpty());
    }

    @Test
    void oneThatIsDrainedStaysUntilItsQueuesAreEmptyEverywhere() {
        registry.register(FACE.inPartition("all"), null);
        String elsewhere = PARTITIONS.keys(2).queue("frames:ready:face-1");
        REDIS.call("XADD", elsewhere, "1-1", "a", "b");
        assertThat(registry.drain("face-1")).isPresent();
        registry.heartbeat(beat("face-1"));
        registries.forEach(one -> refresh.start(one, REDIS.address()));
        Await.until("all have checked", () -> registries.stream().allMatch(Registry::known));
        assertThat(registry.read().processor("face-1")).isPresent();
        REDIS.call("XDEL", elsewhere, "1-1");
        Await.until("it is gone everywhere",
                () -> registries.stream().noneMatch(one -> one.snapshot().processor("face-1").isPresent()));
    }
}
