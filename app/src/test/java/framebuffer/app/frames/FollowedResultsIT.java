package framebuffer.app.frames;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import framebuffer.wire.Keys;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results as they come, in a terminal. */
class FollowedResultsIT {
    private static final String PORT = Integer.toString(EmbeddedRedis.freePort());

    @TempDir
    private Path folder;

    private static void write(RedisConnection redis, String frame, String camera) {
        redis.call("XADD", Keys.DEFAULT.results(), "*", "frame_id", frame, "camera_id", camera, "capability", "people",
                "status", "success", "result", "[]");
    }

    private static RunningCommand serve(Commands commands, EmbeddedRedis server) throws IOException {
        return commands.start("serve", "--port", PORT, "--redis-url", server.address().toString()).says("ready");
    }

    @Test
    void whatIsWrittenWhileTheServiceIsAwayIsShownOnceWhenItIsBack() throws Exception {
        try (EmbeddedRedis server = EmbeddedRedis.start(folder.resolve("redis"));
                RedisConnection redis = RedisConnection.open(server.address());
                Commands commands = new Commands(folder)) {
            RunningCommand service = serve(commands, server);
            write(redis, "before", "yard");
            RunningCommand follower = commands.start("results", "--follow", "--camera", "yard", "--orchestrator-url",
                    "http://127.0.0.1:" + PORT).prints("before");
            write(redis, "first", "yard");
            follower.prints("first");
            service.stops(0);
            follower.says("trying again");
            write(redis, "missed", "yard");
            write(redis, "of another camera", "door");
            serve(commands, server);
            follower.prints("missed");
            write(redis, "last", "yard");
            follower.prints("last").stops(0);
            assertThat(follower.output().lines().map(line -> line.replaceFirst(".*  ", "")))
                    .containsExactly("before", "first", "missed", "last");
        }
    }

    @Test
    void withoutAServiceOrWithAnEndItDoesNotBegin() throws Exception {
        try (Commands commands = new Commands(folder)) {
            RunningCommand alone = commands.start("results", "--follow", "--orchestrator-url", "http://127.0.0.1:1");
            assertThat(alone.exitCode()).isEqualTo(2);
            assertThat(alone.errors()).contains("no service answers");
            RunningCommand ended = commands.start("results", "--follow", "--to", "2026-01-01T00:00:00Z");
            assertThat(ended.exitCode()).isEqualTo(2);
            assertThat(ended.errors()).contains("exclude each other");
        }
    }
}
