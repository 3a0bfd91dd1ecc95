package framebuffer.app.serve;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.CommandOutput;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import framebuffer.wire.text.Printable;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries of others that are not what they should be: they neither fill the log nor write on a terminal. */
class HostileEntriesIT {
    private static final int ENTRIES = 20_000;
    private static final int TOGETHER = 1_000;
    private static final String ID = "cam\n2026-12-01T00:00:00.000Z ERROR forged\r\u001b[31m\u009b2J\u202e\u2066\u2028x";

    @TempDir
    private Path folder;

    private static void add(RedisConnection redis, int entries, Object... line) {
        for (int sent = 0; sent < entries; sent += TOGETHER) {
            int now = Math.min(TOGETHER, entries - sent);
            for (int i = 0; i < now; i++) {
                redis.send("XADD", List.of(line));
            }
            for (int i = 0; i < now; i++) {
                redis.receive();
            }
        }
    }

    private static long length(RedisConnection redis, String stream) {
        return Replies.number(redis.call("XLEN", stream));
    }

    private static void isPrintable(String text) {
        assertThat(text.lines()).allSatisfy(line -> assertThat(line).isEqualTo(Printable.line(line)));
        assertThat(text).doesNotContain("\r").doesNotContainPattern("(?m)^2026-12-01T00");
    }

    @Test
    void theyAreAFewLinesInTheLogAndNoCommandShowsThemAsTheyAre() throws Exception {
        try (EmbeddedRedis server = EmbeddedRedis.start(folder.resolve("redis"));
                RedisConnection redis = RedisConnection.open(server.address());
                Commands commands = new Commands(folder)) {
            RunningCommand service = commands
                    .start("serve", "--port", "0", "--redis-url", server.address().toString()).says("ready");
            add(redis, ENTRIES, "frames:capture", "*", "camera_id", ID);
            add(redis, ENTRIES, "frames:returned", "*", "frame_id", ID, "camera_id", ID, "return_kind", ID);
            add(redis, ENTRIES, "frames:results", "*", "frame_id", ID, "camera_id", ID, "status", ID);
            redis.call("XADD", "frames:capture", "*", "frame_id", ID, "camera_id", ID, "detection_type", "face");
            redis.call("XADD", "frames:results", "*", "frame_id", ID, "camera_id", ID, "processor_id", ID, "capability",
                    "face", "attempt", "1", "status", "success", "result", "{}", "processed_at",
                    "2026-12-01T00:00:00.000000Z", "processing_ms", "1.000");
            Await.until("all are dead letters but one, which waits",
                    () -> length(redis, "frames:returned") == 0 && length(redis, "frames:capture") == 1);
            Commands.get(service.url() + "/health");
            assertThat(service.errors().lines()).hasSizeLessThan(20);
            isPrintable(service.errors());
            for (String command : List.of("frames", "frames --json", "results", "results --json", "dead-letters",
                    "dead-letters --json", "ledger", "ledger --json", "top --once", "top --json", "processors",
                    "partitions")) {
                CommandOutput said = CommandOutput.by((command + " --orchestrator-url " + service.url()
                        + (command.startsWith("ledger") ? " --redis-url " + server.address() : "")).split(" ", -1));
                isPrintable(said.out());
                isPrintable(said.err());
            }
            isPrintable(CommandOutput.by("trace", ID, "--orchestrator-url", service.url()).out());
        }
    }
}
