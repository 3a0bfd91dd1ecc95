package framebuffer.orchestrator.disturbed;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.Site;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump.PipelineLimits;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.testkit.Await;
import framebuffer.wire.frame.ReturnedFrame.ReturnReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Redis restarts from an old snapshot, and has lost everything since. */
class ForgetfulRedisTest {
    private static final String FACES = "frames:ready:face-1";
    private static final String CARS = "frames:ready:car-1";

    @TempDir
    private Path folder;

    @Test
    void anInstanceBeginsAgainFromThereAndTheLedgerBalances() throws IOException {
        Path data = folder.resolve("data");
        Path before = folder.resolve("before");
        EmbeddedRedis server = EmbeddedRedis.start(data);
        try (Site site = new Site(server.address())) {
            site.register("face-1", 100, "face");
            site.register("car-1", 100, "car");
            Pipeline way = site.start("i1", server.address(), PipelineLimits.DEFAULT);
            capture(site.redis, 150, "face");
            work(site, 10, 5);
            Await.until("others have their places",
                    () -> site.length(FACES) == 100 && way.view().waiting() == 35);
            copy(data.resolve("appendonlydir"), before.resolve("appendonlydir"));
            capture(site.redis, 70, "face");
            work(site, 40, 20);
            Await.until("others have their places",
                    () -> site.length(FACES) == 100 && way.view().waiting() == 45);
            ProcessHandle process = server.process();
            process.destroyForcibly();
            process.onExit().join();
            int port = server.address().port();
            server.close();
            server = EmbeddedRedis.start(before, port, List.of());
            try (RedisConnection redis = RedisConnection.open(server.address())) {
                Await.until("the old frames wait again", () -> way.view().waiting() == 35);
                capture(redis, 20, "car");
                Await.until("new frames are handed off", () -> length(redis, CARS) == 20);
                Await.until("it balances", () -> {
                    LedgerReader.LedgerReading reading = LedgerReader.read(redis, Site.KEYS, Site.GROUP,
                            List.of(FACES, CARS));
                    return reading.underWay() == 160 && Site.inFlight(reading) == 160;
                });
                assertThat(length(redis, FACES)).isEqualTo(100);
                Await.until("nothing troubles it", () -> way.trouble().isEmpty());
            }
        } finally {
            server.close();
        }
    }

    private static void capture(RedisConnection redis, int frames, String capability) {
        IntStream.range(0, frames).forEach(i -> redis.call("XADD", Site.KEYS.capture(), "*", "frame_id",
                capability + i, "camera_id", "cam", "detection_type", capability));
    }

    private static void work(Site site, int done, int putOff) {
        Await.until("all are queued", () -> site.length(FACES) == 100);
        site.read("face-1", done).forEach(entry -> site.finish("face-1", entry));
        site.read("face-1", putOff)
                .forEach(entry -> site.giveBack("face-1", entry, ReturnReason.RETRY, Duration.ofHours(1)));
    }

    private static long length(RedisConnection redis, String stream) {
        return Replies.number(redis.call("XLEN", stream));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
