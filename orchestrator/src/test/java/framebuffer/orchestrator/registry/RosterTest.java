package framebuffer.orchestrator.registry;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.Eventually;
import framebuffer.orchestrator.registry.RegistrationPolicy.Limits;
import framebuffer.streams.RedisAddress;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.embedded.EmbeddedRedis;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import framebuffer.wire.processor.Heartbeat;
import framebuffer.wire.processor.Heartbeat.Status;
import framebuffer.wire.processor.Registration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A processor registers once, and is there in each partition in which it reads. */
class RosterTest {
    private static final Partitioning PARTITIONS = Partitioning.tagged("", 3);
    private static final Registration FACE = Registration.of("face-1", List.of("face_detection"), 10);

    @TempDir
    static Path folder;
    private static EmbeddedRedis server;

    private final HandClock clock = new HandClock();
    private final List<Registry> registries = new ArrayList<>();
    private RedisConnection redis;
    private Roster roster;

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
        for (int i = 0; i < 3; i++) {
            registries.add(registry(i, server.address()));
        }
        roster = new Roster(registries);
    }

    private Registry registry(int partition, RedisAddress address) {
        Keys keys = PARTITIONS.keys(partition);
        return new Registry(new Registry.Settings(address, keys, Limits.DEFAULT, Duration.ofMillis(20), clock),
                partition == 0
                        ? new Place(0, null, processor -> registries.get(1).isEmpty(processor)
                                && registries.get(2).isEmpty(processor))
                        : new Place(partition, registries.getFirst(), _ -> true));
    }

    @AfterEach
    void close() {
        registries.forEach(Registry::close);
        redis.close();
    }

    private List<Boolean> isIn(String id) {
        return registries.stream().map(registry -> registry.read().processor(id).isPresent()).toList();
    }

    private static Heartbeat beat(String id) {
        return new Heartbeat(id, Status.HEALTHY, null, null, null, null);
    }

    @Test
    void oneThatReadsEverywhereIsEverywhereAndIsHeardEverywhere() {
        roster.register(FACE.inPartition("all"), null);
        assertThat(isIn("face-1")).containsExactly(true, true, true);
        clock.advance(Duration.ofSeconds(50));
        roster.heartbeat(beat("face-1"));
        clock.advance(Duration.ofSeconds(20));
        Eventually.is("all have heard it", () -> registries.stream()
                .allMatch(registry -> registry.read().available().size() == 1));
        assertThat(roster.unregister("face-1")).isPresent();
        assertThat(isIn("face-1")).containsExactly(false, false, false);
        assertThat(registries).allSatisfy(registry -> assertThat(registry.read().departed()).hasSize(1));
        assertThat(roster.heartbeat(beat("face-1"))).isEmpty();
    }

    @Test
    void thoseThatSayNothingAreSpreadEvenlyAndStayWhereTheyAre() {
        for (int i = 0; i < 6; i++) {
            roster.register(Registration.of("old-" + i, List.of(i < 3 ? "faces" : "cars"), 10), null);
        }
        for (int partition = 1; partition < 3; partition++) {
            assertThat(registries.get(partition).read().all()).hasSize(2)
                    .flatExtracting(one -> one.registration().capabilities())
                    .containsExactlyInAnyOrder("faces", "cars");
        }
        String where = registries.getFirst().read().processor("old-1").orElseThrow().registration().partition();
        roster.update(Registration.of("old-1", List.of("faces"), 20), null);
        Registration after = registries.getFirst().read().processor("old-1").orElseThrow().registration();
        assertThat(after.partition()).isEqualTo(where);
        assertThat(after.capacity()).isEqualTo(20);
    }

    @Test
    void aPartitionThatWasAwayCatchesUp() {
        registries.getFirst().start();
        registries.getFirst().register(FACE.inPartition("all"));
        registries.get(1).start();
        Eventually.is("it has followed", () -> registries.get(1).snapshot().processor("face-1").isPresent());
        redis.call("HDEL", PARTITIONS.keys(0).registry(), "face-1");
        Eventually.is("it has followed again", () -> registries.get(1).snapshot().processor("face-1").isEmpty());
    }

    @Test
    void oneThatIsDrainedStaysUntilItsQueuesAreEmptyEverywhere() {
        roster.register(FACE.inPartition("all"), null);
        String elsewhere = PARTITIONS.keys(2).queue("frames:ready:face-1");
        redis.call("XADD", elsewhere, "1-1", "a", "b");
        assertThat(roster.drain("face-1")).isPresent();
        roster.heartbeat(beat("face-1"));
        registries.forEach(Registry::start);
        Eventually.is("all have looked", () -> registries.stream().allMatch(Registry::known));
        assertThat(roster.read().processor("face-1")).isPresent();
        redis.call("XDEL", elsewhere, "1-1");
        Eventually.is("it is gone everywhere",
                () -> registries.stream().noneMatch(one -> one.snapshot().processor("face-1").isPresent()));
    }
}
