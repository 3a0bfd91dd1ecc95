package framebuffer.app.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.CommandOutput;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that polls the older service runs unchanged through the proxy, between two stand-ins. */
class SplitProxyIT {
    private static final Pattern ADDRESS = Pattern.compile("ready at (http://127.0.0.1:\\d+)");

    @TempDir
    private Path folder;

    private static String url(RunningCommand command) {
        Matcher address = ADDRESS.matcher(command.prints(" ready at ").output());
        assertThat(address.find()).as(command.output()).isTrue();
        return address.group(1);
    }

    private static RunningCommand standIn(Commands commands, EmbeddedRedis redis, String stream) throws IOException {
        return commands.start("migrate", "stand-in", "--port", "0", "--buffer", "500", "--stream", stream,
                "--redis-url",
                redis.address().toString());
    }

    /** Polls as the older service's processors do, until it has so many frames. */
    private static List<String> polled(String url, int frames) {
        List<String> got = new ArrayList<>();
        Await.until("it has got its frames", () -> {
            JsonNode answer = Commands.get(url + "/frames/dequeue?count=10");
            answer.path("frames").forEach(frame -> got.add(frame.path("frame_id").asText()));
            return got.size() >= frames;
        });
        return got;
    }

    private static void send(RedisConnection redis, String stream, int from, int to) {
        for (int i = from; i < to; i++) {
            redis.call("XADD", stream, "*", "frame_id", "f-" + i, "camera_id", "door");
        }
    }

    private static List<String> ids(int to) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < to; i++) {
            ids.add("f-" + i);
        }
        return ids;
    }

    private static int count(String proxy, String side, String what) {
        return Commands.get(proxy + "/split-proxy/status").at("/" + side + "/" + what).asInt(-1);
    }

    @Test
    void anUnchangedPollerGetsEachFrameOnceFromBothServicesAndWhenTheNewOneIsGone() throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
                RedisConnection connection = RedisConnection.open(redis.address());
                Commands commands = new Commands(folder)) {
            send(connection, "frames:capture:legacy", 0, 200);
            send(connection, "frames:capture:v2", 200, 400);
            RunningCommand old = standIn(commands, redis, "frames:capture:legacy");
            RunningCommand next = standIn(commands, redis, "frames:capture:v2");
            RunningCommand proxy = commands.start("split-proxy", "--old", url(old), "--new", url(next), "--port", "0",
                    "--redis-url", redis.address().toString());
            connection.call("HSET", "frame-buffer:control", "gate", "true", "split", "50");
            Await.until("the share is that of the migration",
                    () -> Commands.get(url(proxy) + "/split-proxy/share").path("share").asInt() == 50);

            assertThat(polled(url(proxy), 400)).containsExactlyInAnyOrderElementsOf(ids(400));
            assertThat(count(url(proxy), "new", "answered") - count(url(proxy), "old", "answered")).isBetween(-1, 1);

            next.stops(0);
            assertThat(next.output()).contains("read 200, enqueued 0, handed out 200, dropped 0, lost from memory 0");
            send(connection, "frames:capture:legacy", 400, 700);
            assertThat(polled(url(proxy), 300)).hasSize(300);
            assertThat(Commands.get(url(proxy) + "/split-proxy/status").path("fallbacks").asInt()).isPositive();
            assertThat(Commands.post(url(proxy) + "/frames/enqueue", "{\"frame_id\":\"mine\"}").path("status").asText())
                    .isEqualTo("enqueued");
            proxy.stops(0);
            old.stops(0);
            assertThat(old.output()).contains("read 500, enqueued 1, handed out 500, dropped 0, lost from memory 1");
        }
    }

    @Test
    void aWrongStartIsExplainedInOneLine() {
        String[] line = {"split-proxy", "--old", "http://localhost:1", "--new", "http://localhost:2"};
        CommandOutput.by("split-proxy", "--old", "http://localhost:1").isOneLineWith("--new");
        CommandOutput.by("split-proxy", "--old", "http://u:hush@x", "--new", "http://localhost:2")
                .isOneLineWith("http://host:port");
        CommandOutput.by("split-proxy", line[1], line[2], line[3], "no url").isOneLineWith("--old and --new");
        CommandOutput.by("split-proxy", line[1], line[2], line[3], line[4], "--host", "0.0.0.0")
                .isOneLineWith("--insecure");
        CommandOutput.by("split-proxy", line[1], line[2], line[3], line[4], "--share", "5", "--data-dir", "x")
                .isOneLineWith("--share");
        CommandOutput.by("split-proxy", line[1], line[2], line[3], line[4], "--orchestrator-ca", "none.pem")
                .isOneLineWith("none.pem");
        CommandOutput.by("migrate", "stand-in", "--buffer", "0").isOneLineWith("buffer");
    }
}
