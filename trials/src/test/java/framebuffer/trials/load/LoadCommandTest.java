package framebuffer.trials.load;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.CommandOutput;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadCommandTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--fps 0 | fps must be a number from 0.1 to 100000, not 0 (flag --fps)",
            "--cameras 1001 | cameras must be a whole number from 1 to 1000, not 1001",
            "--duration 99ms | duration must be a time from 100ms to 24h", "--inline-bytes -1 | from 0 to 10485760",
            "--wait 2h | from 0s to 1h", "--processors 501 | from 0 to 500", "--processing-time 61s | from 0s to 60s",
            "--capacity 0 | from 1 to 1000000", "--concurrency 0 | from 1 to 1000000",
            "--concurrency 3 --capacity 2 | concurrency must not be more than capacity",
            "--priority-mix 0:1,11:1 | priority-mix: a priority is from 0 to 10, not 11 (flag --priority-mix)",
            "--detect face,face | detect: name up to 16 capabilities, each once"})
    void whatCannotBeIsSaidInOneLineBeforeAnythingIsSent(String options, String answer) {
        CommandOutput.by(("load " + options).split(" ")).isOneLineWith(answer);
    }

    @Test
    void whatALoadIsLikeIsNotTakenFromTheEnvironment() {
        CommandOutput.in(Map.of("FPS", "none", "CAMERAS", "none", "DURATION", "none"), "load", "--data-dir",
                folder.toString()).isOneLineWith("frame-buffer serve", "--redis-url");
    }

    @Test
    void withoutARedisOrAServiceItSaysWhatToStart() {
        CommandOutput.by("load", "--redis-url", "redis://127.0.0.1:1").isOneLineWith("127.0.0.1:1");
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("data"))) {
            CommandOutput
                    .by("load", "--processors", "1", "--redis-url", redis.address().toString(), "--orchestrator-url",
                            "localhost:8002")
                    .isOneLineWith("an orchestrator's URL is http://host:port");
        }
    }

    @Test
    void framesThatNobodyReadsAreNotAccountedFor() {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("data"))) {
            CommandOutput said = CommandOutput.by("load", "--duration", "100ms", "--wait", "0", "--redis-url",
                    redis.address().toString());
            assertThat(said.code()).isOne();
            assertThat(said.out()).contains("10 not read yet: NOT EVERY FRAME IS ACCOUNTED FOR");
        }
    }

    @Test
    void whatRedisHasNoMemoryForIsCounted() {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("data"));
                RedisConnection connection = RedisConnection
                        .open(redis.address())) {
            connection.call("CONFIG", "SET", "maxmemory", 1);
            CommandOutput said = CommandOutput.by("load", "--duration", "100ms", "--wait", "0", "--redis-url",
                    redis.address().toString());
            assertThat(said.code()).isOne();
            assertThat(said.out()).contains("refused", "by Redis: OOM");
        }
    }
}
