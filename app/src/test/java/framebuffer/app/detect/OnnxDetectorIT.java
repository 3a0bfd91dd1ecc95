package framebuffer.app.detect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.DataFolder;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import framebuffer.testkit.OnnxFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxDetectorIT {
    @TempDir
    private Path folder;

    @Test
    void aModelOfTheUserAnswersTheFramesOfTwoCameras() throws Exception {
        OnnxFile.constant(List.of(-1, 3, 64, 64), List.of(1, 6), new float[]{16, 18, 32, 42, 0.9f, 1})
                .write(folder.resolve("cars.onnx"));
        Files.writeString(folder.resolve("cars.txt"), "bicycle\ncar\n");
        Path house = Files.writeString(folder.resolve("house.yaml"), """
                defaults: {fps: 5, capabilities: [vehicle_detection]}
                cameras: [{id: front, source: demo}, {id: yard, source: demo}]
                detectors:
                  - kind: onnx
                    id: cars
                    capabilities: [vehicle_detection]
                    options: {model: cars.onnx, labels: cars.txt, batch: 2, threads: 1}
                """);
        try (Commands commands = new Commands(folder)) {
            RunningCommand run = commands.start("run", house.toString(), "--port", "0")
                    .says("cars.onnx runs on the CPU")
                    .says("read as [batch, boxes, 6]").says("ready");
            Await.until("frames are done", () -> ledger(run.url()).path("done").asLong() >= 10);
            // 768×576 in 64×64: a twelfth of the size, below 8 rows of grey.
            assertThat(results()).containsExactly(
                    "{\"objects\":[{\"label\":\"car\",\"score\":0.9,\"box\":[192,120,192,288]}],\"width\":768,\"height\":576}");
            assertThat(ledger(run.url()).path("dead").asLong()).isZero();
            run.stops(0);
        }
    }

    private static JsonNode ledger(String url) {
        return Commands.get(url + "/frames/ledger").path("total");
    }

    /** All different results. */
    private Set<String> results() {
        try (RedisConnection redis = RedisConnection.open(DataFolder.runningIn(folder.resolve("data")).orElseThrow())) {
            return Replies.entries(redis.call("XRANGE", "frames:results", "-", "+")).stream()
                    .map(entry -> String.valueOf(Objects.requireNonNull(entry.fields()).text("result")))
                    .collect(Collectors.toSet());
        }
    }
}
