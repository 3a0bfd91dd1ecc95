package framebuffer.app.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import framebuffer.app.serve.PartitionCountCheck;
import framebuffer.app.terminal.CannotRun;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.cluster.PartitionCount;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.CommandOutput;
import framebuffer.testkit.Commands;
import framebuffer.wire.Partitioning;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The number of partitions changes only when the old partitions are empty, and never by mistake. */
@Timeout(180)
class ResizeIT {
    private EmbeddedRedis server;
    private String url;

    @BeforeEach
    void start(@TempDir Path folder) {
        server = EmbeddedRedis.start(folder);
        url = server.address().toString();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void claim(Partitioning partitioning) {
        PartitionCountCheck.of(server.address(), partitioning, "frame-buffer-v2");
    }

    private CommandOutput resize() {
        return CommandOutput.by("partitions", "resize", "--to", "3", "--redis-url", url);
    }

    /** Lets the time in which an instance may start pass. */
    private void started() {
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            redis.call("DEL", "{p0}frame-buffer:partitions-starting");
        }
    }

    @Test
    void whoIsStartedWhileTheNumberIsChangedIsToldSo() {
        claim(Partitioning.tagged("", 2));
        started();
        try (RedisConnection redis = RedisConnection.open(server.address());
                PartitionCount.CountChange change = PartitionCount.change(redis, "")) {
            for (Partitioning any : List.of(Partitioning.tagged("", 2), Partitioning.whole(""))) {
                assertThatThrownBy(() -> claim(any)).isInstanceOf(CannotRun.class)
                        .hasMessageContaining("is changing the number of partitions");
            }
            resize().isOneLineWith("another command is changing the number of partitions");
            change.to(5);
        }
        resize().isFine();
        claim(Partitioning.tagged("", 3));
        resize().isOneLineWith("an instance was started less than 10 seconds ago");
    }

    /** For each camera, puts a value into a partition that is not its own. */
    private void leftByAChangeThatWasCutOff() {
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            Partitioning there = Partitioning.tagged("", 2);
            IntStream.range(0, 11).forEach(i -> redis.call("HSET",
                    there.keys(1 - there.of("cam-" + i)).cameraPolicies(), "cam-" + i, "{\"max_age_ms\": 1}"));
        }
    }

    @Test
    void aChangeThatTookTooLongChangesNothingAndLeavesTheNextOneAlone() {
        claim(Partitioning.tagged("", 2));
        started();
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            PartitionCount.CountChange late = PartitionCount.change(redis, "");
            redis.call("DEL", "{p0}frame-buffer:partitions-changing");
            try (PartitionCount.CountChange next = PartitionCount.change(redis, "")) {
                assertThatThrownBy(late::goOn).isInstanceOf(PartitionCount.ChangeRefused.class);
                next.goOn();
                assertThatThrownBy(() -> late.to(7)).isInstanceOf(PartitionCount.ChangeRefused.class)
                        .extracting(e -> ((PartitionCount.ChangeRefused) e).obstacle())
                        .isEqualTo(PartitionCount.Obstacle.TOO_LATE);
                late.close();
                assertThat(PartitionCount.read(redis, "")).hasValue(2);
                next.to(5);
            }
            assertThat(PartitionCount.read(redis, "")).hasValue(5);
        }
    }

    @Test
    void whoIsRefusedItsNumberDoesNotHinderAChange() {
        claim(Partitioning.tagged("", 2));
        started();
        assertThatThrownBy(() -> claim(Partitioning.tagged("", 3))).isInstanceOf(CannotRun.class);
        resize().isFine();
    }

    @Test
    void aWrongFigureInTheLedgerDoesNotHinderAChange() {
        claim(Partitioning.tagged("", 2));
        started();
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            redis.call("HSET", "{p0}frame-buffer:ledger", "captured:yard", 99, "done:yard", 7, "extra_parts", -3);
            redis.call("HSET", "{p1}frame-buffer:ledger", "captured:yard", 1, "done:yard", 2);
        }
        resize().isFine();
    }

    @Test
    void whoIsStartedWithAnotherNumberIsToldSo() {
        claim(Partitioning.whole(""));
        claim(Partitioning.tagged("", 3));
        claim(Partitioning.tagged("", 3));
        assertThatThrownBy(() -> claim(Partitioning.tagged("", 4))).isInstanceOf(CannotRun.class)
                .hasMessageContaining("over 3 partitions, not 4");
        assertThatThrownBy(() -> claim(Partitioning.whole(""))).isInstanceOf(CannotRun.class)
                .hasMessageContaining("over 3 partitions, not 1");
        assertThatCode(() -> claim(Partitioning.tagged("other:", 4))).doesNotThrowAnyException();
    }

    @Test
    void framesThatWaitWithoutPartitionsAreNotLeftBehind() {
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            redis.call("XADD", "frames:capture", "*", "frame_id", "f", "camera_id", "c");
        }
        assertThatThrownBy(() -> claim(Partitioning.tagged("", 3))).isInstanceOf(CannotRun.class)
                .hasMessageContaining("1 frames wait in frames:capture");
        assertThatCode(() -> claim(Partitioning.whole(""))).as("the proposed command succeeds")
                .doesNotThrowAnyException();
    }

    private static List<String> cameras(PartitionedSite site) {
        List<String> names = new ArrayList<>();
        Commands.get(site.url() + "/cameras").forEach(camera -> names.add(camera.path("camera_id").asText()));
        return names;
    }

    @Test
    void aServiceThatIsDrainedAndStoppedGoesOnWithAnotherNumber() throws Exception {
        try (PartitionedSite site = new PartitionedSite(server.address(), 2)) {
            claim(Partitioning.tagged("", 2));
            resize().isOneLineWith("an instance was started less than 10 seconds ago");
            Orchestrator one = site.start("one");
            started();
            IntStream.range(0, 10).forEach(i -> site.capture("cam-" + i, "f" + i));
            Await.until("all are read", () -> one.ledger().total().captured() == 10);
            resize().isOneLineWith("instance one runs");
        }
        resize().isOneLineWith("frames that have not ended");
        try (PartitionedSite site = new PartitionedSite(server.address(), 2)) {
            Orchestrator one = site.start("one");
            site.processor("face-1", 10, 1);
            Await.until("all are done", () -> one.ledger().total().done() == 10);
            for (int i = 0; i < 10; i++) {
                assertThat(
                        site.ask("PUT", "/cameras/cam-" + i + "/policy", "{\"max_age_ms\": " + (3_600_000 + i) + "}"))
                        .startsWith("200");
            }
            assertThat(site.ask("POST", "/control/pause", null)).startsWith("200");
        }
        leftByAChangeThatWasCutOff();
        Await.until("nobody runs any more",
                () -> resize().code() == 0);
        claim(Partitioning.tagged("", 3));
        try (PartitionedSite site = new PartitionedSite(server.address(), 3)) {
            Orchestrator one = site.start("one");
            site.processor("face-1", 10, 1);
            IntStream.range(0, 20).forEach(i -> site.capture("cam-" + i, "g" + i));
            assertThat(new ObjectMapper().readTree(site.ask("GET", "/cameras", null).substring(4)))
                    .as("settings are kept")
                    .filteredOn(camera -> camera.path("camera_id").asText().matches("cam-[0-9]"))
                    .hasSize(10).allSatisfy(camera -> assertThat(camera.toString())
                            .contains("\"max_age_ms\":360000" + camera.path("camera_id").asText().substring(4)));
            assertThat(site.ask("GET", "/control/status", null)).contains("\"paused_by\":\"operator\"");
            assertThat(site.ask("POST", "/control/resume", null)).startsWith("200");
            Await.until("all are done", () -> one.ledger().total().done() == 30);
            Await.until("all are seen", () -> Set.copyOf(cameras(site)).size() == 20);
            assertThat(cameras(site)).as("each camera is listed once").doesNotHaveDuplicates();
            assertThat(one.ledger().balanced()).isTrue();
        }
    }
}
