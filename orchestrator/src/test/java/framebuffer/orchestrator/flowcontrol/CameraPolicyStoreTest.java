package framebuffer.orchestrator.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.redis.tables.CameraLastSeenStore;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.control.CameraPolicy;
import framebuffer.wire.control.CameraPolicy.Keep;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CameraPolicyStoreTest {
    private static final CameraPolicy LATEST = new CameraPolicy(Keep.LATEST, null);
    private static final CameraPolicy YOUNG = new CameraPolicy(null, Duration.ofSeconds(1));

    @TempDir
    static Path folder;
    private static EmbeddedRedis server;
    private static RedisConnection redis;

    private final CameraPolicyStore here = policies(Freshness.LOSSLESS);
    private final CameraPolicyStore there = policies(new Freshness(Keep.LATEST, Duration.ofSeconds(5)));

    @BeforeAll
    static void open() {
        server = EmbeddedRedis.start(folder);
        redis = RedisConnection.open(server.address());
    }

    @AfterAll
    static void close() {
        redis.close();
        server.close();
    }

    @BeforeEach
    void empty() {
        redis.call("FLUSHALL");
    }

    private static CameraPolicyStore policies(Freshness standard) {
        return new CameraPolicyStore(Keys.DEFAULT, standard, 2, () -> {
        });
    }

    private static Freshness of(CameraPolicyStore policies, String camera) {
        return Objects.requireNonNull(policies.view()).of(camera);
    }

    @Test
    void nothingIsKnownBeforeItWasRead() {
        assertThat(here.view()).isNull();
        here.runOnce(redis);
        assertThat(of(here, "yard")).isEqualTo(Freshness.LOSSLESS);
    }

    @Test
    void whatOneInstanceSetsTheOthersSeeAndWhatItLeavesOutIsAsForAnyCamera() {
        there.runOnce(redis);
        here.put(redis, "yard", LATEST);
        here.put(redis, "gate", YOUNG);
        there.runOnce(redis);
        assertThat(of(here, "yard")).isEqualTo(new Freshness(Keep.LATEST, Duration.ZERO));
        assertThat(of(there, "yard")).isEqualTo(new Freshness(Keep.LATEST, Duration.ofSeconds(5)));
        assertThat(of(there, "gate")).isEqualTo(new Freshness(Keep.LATEST, Duration.ofSeconds(1)));
        assertThat(there.remove(redis, "gate")).isTrue();
        assertThat(there.remove(redis, "gate")).isFalse();
        here.runOnce(redis);
        assertThat(of(here, "gate")).isEqualTo(Freshness.LOSSLESS);
    }

    @Test
    void noMoreCamerasHaveAPolicyThanMayAndThoseThatHaveOneMayChangeIt() {
        assertThat(here.put(redis, "a", LATEST)).isTrue();
        assertThat(here.put(redis, "b", LATEST)).isTrue();
        assertThat(here.put(redis, "c", LATEST)).isFalse();
        assertThat(here.put(redis, "b", YOUNG)).isTrue();
        assertThat(Objects.requireNonNull(here.view()).cameras()).containsOnlyKeys("a", "b");
    }

    @Test
    void whatSomebodyElseWroteThereIsSkipped() {
        redis.call("HSET", Keys.DEFAULT.cameraPolicies(), "yard", "none", "gate", "{\"keep\": \"latest\"}");
        here.runOnce(redis);
        assertThat(of(here, "yard")).isEqualTo(Freshness.LOSSLESS);
        assertThat(of(here, "gate").keep()).isEqualTo(Keep.LATEST);
    }

    @Test
    void aRedisThatHasLostItsMemoryIsReadAgain() {
        here.put(redis, "yard", LATEST);
        redis.call("FLUSHALL");
        there.put(redis, "gate", LATEST);
        here.connected(redis);
        here.runOnce(redis);
        assertThat(Objects.requireNonNull(here.view()).cameras()).containsOnlyKeys("gate");
    }

    @Test
    void theNewestFrameOfEachCameraIsNotedByAllTogether() {
        CameraLastSeen one = new CameraLastSeen(Keys.DEFAULT, 2, Duration.ofHours(24));
        CameraLastSeen two = new CameraLastSeen(Keys.DEFAULT, 2, Duration.ofHours(24));
        one.seen("yard", new EntryId(9, 0));
        two.seen("yard", new EntryId(10, 0));
        two.seen("gate", new EntryId(3, 0));
        two.runOnce(redis);
        one.runOnce(redis);
        assertThat(CameraLastSeenStore.read(redis, Keys.DEFAULT)).isEqualTo(
                Map.of("yard", new EntryId(10, 0), "gate", new EntryId(3, 0)));
        redis.call("HSET", Keys.DEFAULT.camerasSeen(), "gate", "junk");
        assertThat(CameraLastSeenStore.read(redis, Keys.DEFAULT)).containsOnlyKeys("yard");
        two.seen("gate", new EntryId(4, 0));
        two.runOnce(redis);
        one.seen("one too many", new EntryId(11, 0));
        one.runOnce(redis);
        assertThat(CameraLastSeenStore.read(redis, Keys.DEFAULT)).containsOnlyKeys("yard", "gate");
    }
}
