package framebuffer.app.serve;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.CacheFolder;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.redis.embedded.RedisProgram;
import framebuffer.testkit.Await;
import framebuffer.testkit.CommandOutput;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines that a service logs: when it starts, and when others disturb Redis. */
class ServiceLogIT {
    private static final String DATE = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) ";

    @TempDir
    private Path folder;

    @Test
    void aStartThatGoesWellIsOneLineWithTheDateAndTheAbsoluteDataFolder() throws Exception {
        try (Commands commands = new Commands(folder)) {
            RunningCommand service = commands.start("serve", "--port", "0", "--data-dir", "redis").says("ready");
            assertThat(service.errors().lines()).singleElement().asString().matches(DATE + "INFO +HouseProcess - .*")
                    .contains("ready: page and REST at http://", "data in " + folder.resolve("redis").toAbsolutePath());
            Await.until("it is healthy",
                    () -> Commands.get(service.url() + "/health").path("status").asText().equals("healthy"));
            assertThat(service.errors().lines()).hasSize(1);
        }
    }

    @Test
    void theProgramOfTheEmbeddedRedisIsNamedAndOneOnPathIsPreferred() throws Exception {
        Path bundled = RedisProgram.bundledIn(CacheFolder.ofEnvironment()).path();
        Path installed = Files.createDirectory(folder.resolve("bin")).resolve("valkey-server");
        Files.writeString(installed,
                "#!/bin/sh\ntest \"$1\" = --version && echo 'Valkey server v=8.1.3' || exec " + bundled
                        + " \"$@\"\n");
        assertThat(installed.toFile().setExecutable(true)).isTrue();
        try (Commands commands = new Commands(folder, Map.of("PATH", folder.resolve("bin") + ":/usr/bin:/bin"))) {
            RunningCommand trial = commands.start("serve", "--port", "0")
                    .says("(embedded Redis 7.0.15, bundled, for trial: it gets no security fixes; data in ");
            trial.stops(0);
            commands.startOther(Commands.line("serve", "--port", "0"))
                    .says("(embedded Valkey 8.1.3, " + installed + "; data in ").says("ready").stops(0);
        }
    }

    @Test
    void aProgramThatIsTooOldIsRefusedInOneLine() throws IOException {
        Path old = Files.writeString(folder.resolve("old"), "#!/bin/sh\necho 'Redis server v=6.2.14'\n");
        assertThat(old.toFile().setExecutable(true)).isTrue();
        CommandOutput.by("serve", "--port", "0", "--data-dir", folder.resolve("data").toString(), "--redis-server",
                old.toString()).isOneLineWith(old.toString(), "Redis 6.2.14", "too old", "valkey-server 7.2 or later");
    }

    @Test
    void optionsFromTheEnvironmentAreNamedAndVariablesOfOthersChangeNothing() throws Exception {
        Map<String, String> environment = Map.of("WINDOW", "1", "DATA_DIR", "elsewhere", "FRAME_BUFFER_NONSENSE", "1");
        try (Commands commands = new Commands(folder, environment)) {
            RunningCommand service = commands.start("serve", "--port", "0").says("ready");
            assertThat(service.errors().lines()).hasSize(3)
                    .anySatisfy(line -> assertThat(line).contains("options from environment variables: ", "DATA_DIR")
                            .doesNotContain("WINDOW"))
                    .anySatisfy(line -> assertThat(line).contains("set nothing: FRAME_BUFFER_NONSENSE"))
                    .anySatisfy(line -> assertThat(line).contains("data in " + folder.resolve("elsewhere")));
        }
    }

    @Test
    void aRedisThatMayEvictIsToldAtTheStartAndFramesThatOthersDeleteWithTheirProcessor() throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
                RedisConnection connection = RedisConnection.open(redis.address());
                Commands commands = new Commands(folder)) {
            connection.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
            RunningCommand service = commands
                    .start("serve", "--port", "0", "--redis-url", redis.address().toString())
                    .says("its maxmemory-policy is allkeys-lru, and it must be noeviction");
            Commands.post(service.url() + "/processors/register",
                    "{\"id\": \"face-1\", \"capabilities\": [\"face\"], \"capacity\": 10}");
            for (int i = 0; i < 5; i++) {
                connection.call("XADD", "frames:capture", "*", "frame_id", "f" + i, "camera_id", "yard",
                        "detection_type", "face");
            }
            Await.until("they are handed off",
                    () -> Replies.number(connection.call("XLEN", "frames:ready:face-1")) == 5);
            connection.call("XTRIM", "frames:ready:face-1", "MAXLEN", 0);
            service.says("frames are lost: 5 were deleted from frames:ready:face-1, the queue of processor face-1,"
                    + " unacknowledged");
            assertThat(List.of(service.errors().split("maxmemory-policy is", -1))).as("told once").hasSize(2);
        }
    }
}
