package framebuffer.app.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.client.Answer;
import framebuffer.client.Processor;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service as a separate process, while it is suspended, and while Redis fails or refuses commands. */
class DisturbedServiceIT {
    private static final int PUT_OFF = 289;

    @TempDir
    private Path folder;
    private EmbeddedRedis server;
    private RedisConnection redis;

    @BeforeEach
    void start() {
        server = EmbeddedRedis.start(folder.resolve("redis"));
        redis = RedisConnection.open(server.address());
    }

    @AfterEach
    void stop() {
        redis.close();
        server.close();
    }

    private RunningCommand serve(Commands commands, String instance) throws IOException {
        return commands.start("serve", "--port", "0", "--redis-url", server.address().toString(), "--instance-id",
                instance, "--instance-lease", "2s", "--window", "300").says("ready");
    }

    private void capture(int frames, String capability) {
        for (int i = 0; i < frames; i++) {
            redis.call("XADD", "frames:capture", "*", "frame_id", capability + i, "camera_id", "cam", "detection_type",
                    capability);
        }
    }

    private long pending(String instance) {
        return Replies.list(Replies.list(redis.call("XPENDING", "frames:capture", "frame-buffer-v2")).get(3)).stream()
                .map(Replies::list).filter(consumer -> Replies.text(consumer.getFirst()).equals(instance))
                .mapToLong(consumer -> Long.parseLong(Replies.text(consumer.get(1)))).sum();
    }

    private static JsonNode ledger(RunningCommand service) {
        return Commands.get(service.url() + "/frames/ledger");
    }

    private Processor processor(RunningCommand service, String capability, Answer answer) throws InterruptedException {
        return Processor.builder(capability + "-1").capabilities(capability).capacity(PUT_OFF)
                .orchestrator(service.url()).redis(server.address()).handler(_ -> answer).start();
    }

    @Test
    @Tag("long")
    void anInstanceThatIsSuspendedWithDeferredFramesBeginsAgain() throws Exception {
        try (Commands commands = new Commands(folder)) {
            RunningCommand first = serve(commands, "a");
            try (Processor _ = processor(first, "face", Answer.retryLater(Duration.ofHours(1), "later"))) {
                capture(PUT_OFF, "face");
                Await.until("all are put off",
                        () -> Replies.number(redis.call("XLEN", "frame-buffer:deferred")) == PUT_OFF);
            }
            capture(100, "car");
            Await.until("it holds the others", () -> pending("a") == 100);
            signal("STOP", first);
            RunningCommand second = serve(commands, "b");
            Await.until("the other has taken them over", () -> pending("b") == 100);
            signal("CONT", first);
            try (Processor _ = processor(first, "car", Answer.processed("{}"))) {
                Await.until("all that may go are done", () -> done(first) == 100);
                second.process().destroy();
                assertThat(second.exitCode()).isZero();
                capture(100, "car");
                Await.until("it goes on alone", () -> done(first) == 200);
            }
            JsonNode ledger = ledger(first);
            assertThat(ledger.path("balanced").asBoolean()).as("%s", ledger).isTrue();
            assertThat(ledger.path("total").path("captured").asInt()).isEqualTo(PUT_OFF + 200);
            assertThat(ledger.path("total").path("in_flight").asInt()).isEqualTo(PUT_OFF);
        }
    }

    private static long done(RunningCommand service) {
        return ledger(service).path("total").path("done").asLong();
    }

    private static void signal(String name, RunningCommand command) throws Exception {
        assertThat(new ProcessBuilder("sh", "-c", "kill -" + name + " " + command.process().pid()).start().waitFor())
                .isZero();
    }

    @Test
    @Tag("long")
    void aRedisThatRefusesToWriteIsSaidWhenItBeginsAndWhenItEndsEachTime() throws Exception {
        Path dump = server.data().resolve("dump.rdb");
        try (Commands commands = new Commands(folder)) {
            RunningCommand service = serve(commands, "a");
            refusesFor(service, 1, "MISCONF", () -> {
                directory(dump.resolve("in-the-way"));
                redis.call("CONFIG", "SET", "save", "3600 1");
                redis.call("BGSAVE");
            }, () -> {
                redis.call("CONFIG", "SET", "save", "");
                delete(dump);
            });
            refusesFor(service, 2, "NOREPLICAS", () -> redis.call("CONFIG", "SET", "min-replicas-to-write", 1),
                    () -> redis.call("CONFIG", "SET", "min-replicas-to-write", 0));
            refusesFor(service, 3, "NOREPLICAS", () -> redis.call("CONFIG", "SET", "min-replicas-to-write", 1),
                    () -> redis.call("CONFIG", "SET", "min-replicas-to-write", 0));
            capture(10, "face");
            try (Processor _ = processor(service, "face", Answer.processed("{}"))) {
                Await.until("frames go their way", () -> done(service) == 10);
            }
        }
    }

    /** One time in which Redis refuses: RedisDown fires, and two lines are written. */
    private void refusesFor(RunningCommand service, int times, String code, Runnable begin, Runnable end) {
        begin.run();
        Await.until("RedisDown fires", () -> Commands.text(service.url() + "/alerts").contains("RedisDown"));
        Await.until("the log says it", () -> said(service, "it refuses: " + code) > 0);
        end.run();
        Await.until("its end is said", () -> said(service, "it accepts commands again") == times);
        Await.until("RedisDown is over", () -> !Commands.text(service.url() + "/alerts").contains("RedisDown"));
        assertThat(said(service, "it refuses: ")).as(service.errors()).isEqualTo(times);
    }

    private static long said(RunningCommand service, String text) {
        return service.errors().lines().filter(line -> line.contains(text)).count();
    }

    private static void directory(Path path) {
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path dump) {
        try {
            Files.delete(dump.resolve("in-the-way"));
            Files.delete(dump);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
