package framebuffer.app.query;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.client.Answer;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Inspects a service whose cameras are spread over partitions. */
@Timeout(180)
class PartitionsIT {
    private static final int CAMERAS = 20;

    private EmbeddedRedis server;
    @SuppressWarnings("NullAway.Init")
    private PartitionedSite site;

    @BeforeEach
    void start(@TempDir Path folder) {
        server = EmbeddedRedis.start(folder);
    }

    @AfterEach
    void stop() {
        site.close();
        server.close();
    }

    private void capture(int frames) {
        IntStream.range(0, frames).forEach(i -> site.capture("cam-" + i % CAMERAS, "f" + i));
    }

    @Test
    void oneInstanceServesSixteenPartitionsAsIfTheyWereOne() throws Exception {
        site = new PartitionedSite(server.address(), 16);
        Orchestrator one = site.start("one");
        // Use one processor: a camera moves to another when its own is full, which would hide the order.
        site.processor("face-1", 100, 1);
        capture(400);
        Await.until("all are processed", () -> one.ledger().total().done() == 400);
        Ledger ledger = one.ledger();
        assertThat(ledger.balanced()).isTrue();
        assertThat(ledger.cameras()).hasSize(CAMERAS).allSatisfy(
                camera -> assertThat(camera.counts().done()).isEqualTo(20));
        assertThat(site.processed).doesNotHaveDuplicates().hasSize(400);
        IntStream.range(0, CAMERAS).forEach(camera -> assertThat(site.processed.stream()
                .filter(id -> Integer.parseInt(id.substring(1)) % CAMERAS == camera))
                .containsExactlyElementsOf(
                        IntStream.range(0, 20).mapToObj(i -> "f" + (camera + i * CAMERAS)).toList()));
        assertThat(site.ask("GET", "/frames/f7", null)).contains("\"camera_id\":\"cam-7\"", "\"state\":\"done\"");
        assertThat(site.ask("GET", "/frames/stats", null)).contains("\"captured\":400", "\"completed\":400");
        assertThat(site.ask("GET", "/processors/face-1", null)).startsWith("200").contains("{p0}", "{p15}");
    }

    @Test
    void pausingAndPoliciesReachEveryPartition() throws Exception {
        site = new PartitionedSite(server.address(), 3);
        Orchestrator one = site.start("one");
        site.processor("face-1", 100, 4);
        assertThat(site.ask("POST", "/control/pause", "{}")).startsWith("200").contains("\"is_paused\":true");
        capture(60);
        Await.until("all are read", () -> one.ledger().total().captured() == 60);
        assertThat(one.ledger().total().done()).isZero();
        assertThat(site.ask("PUT", "/cameras/cam-3/policy", "{\"keep\":\"latest\"}")).startsWith("200");
        assertThat(site.ask("GET", "/cameras", null)).contains("\"camera_id\":\"cam-3\",\"keep\":\"latest\"");
        site.ask("POST", "/control/resume", "{}");
        Await.until("all have ended", () -> one.ledger().total().inFlight() == 0);
        assertThat(one.ledger().total().done()).isBetween(58L, 60L);
    }

    @Test
    void aProcessorNeverHasMoreThanItsCapacityAndItGoesWhereItsFramesAre() throws Exception {
        site = new PartitionedSite(server.address(), 4);
        Orchestrator one = site.start("one");
        CountDownLatch mayEnd = new CountDownLatch(1);
        site.processor("face-1", 6, 1, _ -> {
            mayEnd.await();
            return Answer.processed("{}");
        });
        String busy = "cam-1";
        IntStream.range(0, 50).forEach(i -> site.capture(busy, "f" + i));
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            LongSupplier there = () -> Replies.number(redis.call("XLEN", site.partitions.of(busy).keys()
                    .queue("frames:ready:face-1")));
            Await.until("all of its capacity is there", () -> there.getAsLong() == 6);
            capture(100);
            mayEnd.countDown();
            LongSupplier everywhere = () -> site.partitions.all().stream().mapToLong(partition -> Replies
                    .number(redis.call("XLEN", partition.keys().queue("frames:ready:face-1")))).sum();
            Await.until("all are processed, never more than six at once", () -> {
                assertThat(everywhere.getAsLong()).isLessThanOrEqualTo(6);
                return one.ledger().total().done() == 150;
            });
        }
        assertThat(one.ledger().balanced()).isTrue();
    }

    @Test
    void oneThatIsDegradedGetsHalfOfItsCapacityInAllPartitionsTogether() throws Exception {
        site = new PartitionedSite(server.address(), 2);
        Orchestrator one = site.start("one");
        assertThat(site.ask("POST", "/processors/register",
                "{\"id\":\"face-1\",\"capabilities\":[\"faces\"],\"capacity\":20,\"partition\":\"all\"}"))
                .startsWith("201");
        assertThat(site.ask("POST", "/processors/face-1/heartbeat",
                "{\"processor_id\":\"face-1\",\"status\":\"degraded\"}")).startsWith("200");
        capture(100);
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            Await.until("half is there", () -> one.ledger().total().captured() == 100
                    && site.partitions.all().stream().mapToLong(partition -> Replies
                            .number(redis.call("XLEN", partition.keys().queue("frames:ready:face-1")))).sum() == 10);
        }
    }

    @Test
    void aFewFramesOfSeveralProcessorsReachAllPartitionsTogether() throws Exception {
        site = new PartitionedSite(server.address(), 4);
        Orchestrator one = site.start("one");
        CountDownLatch mayEnd = new CountDownLatch(1);
        for (String id : List.of("face-1", "face-2", "face-3")) {
            site.processor(id, 2, 1, _ -> {
                mayEnd.await();
                return Answer.processed("{}");
            });
        }
        capture(100);
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            for (Partition partition : site.partitions.all()) {
                Await.until(partition + " has some", () -> IntStream.rangeClosed(1, 3).mapToLong(
                        i -> Replies.number(redis.call("XLEN", partition.keys().queue("frames:ready:face-" + i))))
                        .sum() > 0);
            }
        }
        mayEnd.countDown();
        Await.until("all are processed", () -> one.ledger().total().done() == 100);
        assertThat(one.ledger().balanced()).isTrue();
    }

    @Test
    void aProcessorThatKnowsNothingOfPartitionsLivesInOneAndGetsItsCameras() throws Exception {
        site = new PartitionedSite(server.address(), 3);
        site.start("one");
        List<String> prefixes = IntStream.range(0, 3).mapToObj(i -> {
            try {
                return site.ask("POST", "/processors/register",
                        "{\"id\":\"old-" + i + "\",\"capabilities\":[\"faces\"],\"capacity\":5}");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }).toList();
        assertThat(prefixes).allSatisfy(reply -> assertThat(reply).startsWith("201"));
        for (Partition partition : site.partitions.all()) {
            String prefix = partition.keys().prefix();
            assertThat(prefixes).filteredOn(reply -> reply.contains("\"key_prefixes\":[\"" + prefix + "\"]"))
                    .hasSize(1);
        }
        capture(30);
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            for (Partition partition : site.partitions.all()) {
                Await.until("its frames are in the queue of the one that is there",
                        () -> IntStream.range(0, 3)
                                .mapToLong(i -> Replies.number(
                                        redis.call("XLEN", partition.keys().queue("frames:ready:old-" + i))))
                                .sum() == 5);
            }
        }
    }

    @Test
    void instancesShareOutThePartitionsAndTakeThemFromEachOther() throws Exception {
        site = new PartitionedSite(server.address(), 4);
        site.start("one");
        site.processor("face-1", 200, 1);
        capture(100);
        Orchestrator two = site.start("two");
        capture(100);
        Await.until("each serves two of the four", () -> served("one") == 2 && served("two") == 2);
        capture(100);
        site.stop("one");
        capture(100);
        Await.until("one that leaves leaves all to the other", () -> served("two") == 4);
        Await.until("all are processed", () -> two.ledger().total().done() == 400);
        assertThat(two.ledger().balanced()).isTrue();
        assertThat(site.processed).hasSize(400);
    }

    private long served(String instance) {
        try {
            return Pattern.compile("\"instances\":\\[\"" + instance + "\"]")
                    .matcher(site.ask("GET", "/partitions", null)).results().count();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
