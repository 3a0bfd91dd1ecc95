package framebuffer.redis.tables;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.wire.Keys;
import framebuffer.wire.control.CameraReport;
import framebuffer.wire.control.CameraReport.Phase;
import framebuffer.wire.control.CameraReport.VideoRates;
import framebuffer.wire.control.CameraReport.VideoSize;
import framebuffer.wire.text.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CameraReportStoreTest {
    private static final Instant SINCE = Instant.parse("2026-11-30T12:00:00Z");
    private static final CameraReport WAITING = new CameraReport(Phase.WAITING, "connection refused", SINCE, null,
            "h264 (software)", new VideoSize(768, 576), new VideoRates(10, 5), SINCE);

    @TempDir
    private static Path folder;

    private EmbeddedRedis server;
    private RedisConnection redis;

    @BeforeEach
    void start() {
        server = EmbeddedRedis.start(folder);
        redis = RedisConnection.open(server.address());
        redis.call("FLUSHALL");
    }

    @AfterEach
    void stop() {
        redis.close();
        server.close();
    }

    @Test
    void whatACameraSaysIsReadAsItWasSaid() {
        CameraReportStore.put(redis, Keys.DEFAULT, Map.of("yard", WAITING));
        CameraReport read = CameraReportStore.list(redis, Keys.DEFAULT).values().iterator().next();
        assertThat(read).isEqualTo(WAITING.storedAt(read.at()));
        assertThat(Duration.between(SINCE, read.at())).isPositive();
    }

    @Test
    void aCameraThatStopsReportingLeaves() {
        CameraReportStore.put(redis, Keys.DEFAULT, Map.of("yard", WAITING));
        redis.call("HSET", Keys.DEFAULT.cameraReports(), "old", Json.bytes(WAITING.json()), "odd", "no report");
        assertThat(CameraReportStore.list(redis, Keys.DEFAULT)).containsOnlyKeys("yard");
        assertThat(redis.call("HLEN", Keys.DEFAULT.cameraReports())).isEqualTo(1L);
        assertThat((Long) redis.call("PTTL", Keys.DEFAULT.cameraReports())).isPositive();
    }

    @Test
    void thatAVideoHasEndedStaysKnownForADay() {
        putRaw("today", Phase.ENDED, Duration.ofHours(23));
        putRaw("yesterday", Phase.ENDED, Duration.ofHours(25));
        putRaw("stopped", Phase.PLAYING, Duration.ofSeconds(31));
        assertThat(CameraReportStore.list(redis, Keys.DEFAULT)).containsOnlyKeys("today");
    }

    private void putRaw(String camera, Phase phase, Duration age) {
        CameraReport report = new CameraReport(phase, "", SINCE, null, "", new VideoSize(0, 0), new VideoRates(0, 0),
                Instant.now().minus(age));
        redis.call("HSET", Keys.DEFAULT.cameraReports(), camera, Json.bytes(report.json()));
    }

    @Test
    void aCameraThatIsRemovedLeavesAtOnce() {
        CameraReportStore.put(redis, Keys.DEFAULT, Map.of("yard", WAITING, "gate", WAITING));
        CameraReportStore.remove(redis, Keys.DEFAULT, List.of("yard"));
        assertThat(CameraReportStore.list(redis, Keys.DEFAULT)).containsOnlyKeys("gate");
    }
}
