package framebuffer.client.example;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.client.fixture.QueueInRedis;
import framebuffer.client.fixture.RecordingOrchestrator;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.FaultProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaceCounterIT {
    private static final int KILLED_BY_SIGTERM = 143;

    private final List<Process> started = new ArrayList<>();
    private EmbeddedRedis redis;
    private FaultProxy network;
    private QueueInRedis queue;
    private RecordingOrchestrator orchestrator;

    @BeforeEach
    void begin(@TempDir Path folder) throws IOException {
        redis = EmbeddedRedis.start(folder);
        network = new FaultProxy(redis.address().port());
        queue = new QueueInRedis(redis.address());
        orchestrator = new RecordingOrchestrator();
    }

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
        orchestrator.close();
        queue.close();
        network.close();
        redis.close();
    }

    @Test
    void theReadmeShowsTheProcessorThatRunsHere() throws IOException {
        String readme = Files.readString(Path.of("../README.md"));
        String shown = readme.substring(readme.indexOf("```java\n") + "```java\n".length());
        String source = Files.readString(
                Path.of("src/test/java/framebuffer/client/example/FaceCounter.java"));
        assertThat(source.replaceAll("\\s+", " "))
                .contains(shown.substring(0, shown.indexOf("```")).strip().replaceAll("\\s+", " "));
    }

    @Test
    void tenLinesAreAProcessorThatEndsInPeace() throws Exception {
        queue.add("f-1", "data", "12345");
        Process face = start();
        queue.awaitResults(1);
        assertThat(queue.results().getFirst().text("result")).isEqualTo("{\"faces\": 5}");

        CompletableFuture<Void> fetch = network.holdRepliesTo("frame:f-2");
        queue.call("SET", "frame:f-2", "12");
        queue.add("f-2");
        fetch.get(20, TimeUnit.SECONDS);
        face.destroy();
        network.release();
        assertThat(face.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(face.exitValue()).isEqualTo(KILLED_BY_SIGTERM);
        assertThat(queue.results()).extracting(result -> result.text("result")).contains("{\"faces\": 2}");
        assertThat(queue.pending()).isZero();
        assertThat(orchestrator.called()).endsWith("DELETE /processors/face-1");
    }

    @Test
    void killedInMidWorkAndStartedAgainItGivesBackWhatItHeldAndDoesTheRest() throws Exception {
        CompletableFuture<Void> fetch = network.holdRepliesTo("frame:f-");
        for (int i = 0; i < 10; i++) {
            queue.call("SET", "frame:f-" + i, "12345");
            queue.add("f-" + i);
        }
        Process first = start();
        fetch.get(20, TimeUnit.SECONDS);
        first.destroyForcibly().waitFor();
        int held = Math.toIntExact(queue.pending());
        assertThat(held).isPositive();
        network.release();

        start();
        queue.awaitResults(10 - held);
        assertThat(queue.returned()).hasSize(held).extracting(frame -> frame.text("return_kind"))
                .containsOnly("failed");
        assertThat(Stream.concat(queue.results().stream(), queue.returned().stream()))
                .extracting(frame -> frame.text("frame_id")).containsExactlyInAnyOrder("f-0", "f-1", "f-2", "f-3",
                        "f-4", "f-5", "f-6", "f-7", "f-8", "f-9");
        assertThat(queue.ledger("done:cam-1")).isEqualTo(10 - held);
        assertThat(queue.length()).isZero();
        assertThat(orchestrator.called()).contains("PUT /processors/face-1");
    }

    private Process start() throws IOException {
        ProcessBuilder face = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-cp",
                System.getProperty("java.class.path"), FaceCounter.class.getName()).inheritIO();
        face.environment().put("REDIS_URL", "redis://127.0.0.1:" + network.port());
        face.environment().put("ORCHESTRATOR_URL", orchestrator.url());
        face.environment().remove("API_TOKEN");
        Process process = face.start();
        started.add(process);
        return process;
    }
}
