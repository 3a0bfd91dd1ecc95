package framebuffer.client.example;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.client.Processor;
import framebuffer.client.fixture.QueueInRedis;
import framebuffer.client.fixture.RecordingOrchestrator;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A processor in a separate process, whose handler never returns and ignores interrupts. */
class EndlessHandlerIT {
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final int KILLED_BY_SIGTERM = 143;

    @Test
    void itEndsAfterItsGraceAndTheFrameStaysPending(@TempDir Path folder) throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder);
                QueueInRedis queue = new QueueInRedis(redis.address());
                RecordingOrchestrator orchestrator = new RecordingOrchestrator()) {
            queue.add("f-1");
            Process process = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-cp",
                    System.getProperty("java.class.path"), Endless.class.getName(), redis.address().toString(),
                    orchestrator.url()).redirectOutput(folder.resolve("out").toFile()).redirectErrorStream(true)
                    .start();
            try {
                Await.until("it is at work", () -> queue.length() == 1 && queue.groups() == 1 && queue.pending() == 1);
                process.destroy();
                // Without the limit of the grace this would never end; the rest is time for a busy machine to end a JVM.
                assertThat(process.waitFor(GRACE.toSeconds() + 9, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isEqualTo(KILLED_BY_SIGTERM);
            } finally {
                process.destroyForcibly();
            }
            assertThat(queue.pending()).isOne();
            assertThat(queue.results()).isEmpty();
            assertThat(orchestrator.called()).endsWith("DELETE /processors/face-1");
        }
    }

    /** The process. */
    static final class Endless {
        private Endless() {
        }

        public static void main(String[] arguments) throws InterruptedException {
            try (Processor processor = Processor.builder("face-1").capabilities("face_detection").grace(GRACE)
                    .redis(RedisAddress.parse(arguments[0])).orchestrator(arguments[1]).handler(_ -> {
                        while (true) {
                            LockSupport.parkNanos(1_000_000);
                        }
                    }).start()) {
                processor.await();
            }
        }
    }
}
