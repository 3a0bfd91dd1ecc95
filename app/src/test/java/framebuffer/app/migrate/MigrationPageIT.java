package framebuffer.app.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.CommandOutput;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the operator's commands of docs/migration.md in their order; the sentences between them are done here. */
class MigrationPageIT {
    private static final Path PAGE = Path.of("../docs/migration.md");

    @TempDir
    private Path folder;
    private final Map<String, String> handled = PolledStandIn.handledFrames();

    private static List<String> commands() throws IOException {
        return Files.readAllLines(PAGE).stream().takeWhile(line -> !line.equals("## Split proxy"))
                .filter(line -> line.startsWith("frame-buffer "))
                .map(line -> line.substring("frame-buffer ".length())).toList();
    }

    /** The words of a line of the page, with the addresses of this test. */
    private String[] words(String line, RedisAddress redis, String ours) {
        List<String> words = new ArrayList<>();
        for (String word : line.split(" ", -1)) {
            words.add(switch (word) {
                case "redis://localhost:6379" -> redis.toString();
                case "http://localhost:8002" -> "http://127.0.0.1:" + EmbeddedRedis.freePort();
                case "http://localhost:8003" -> ours;
                case "8003" -> "0";
                case "\"$STOP\"" -> "true";
                case "migration-archive.json" -> folder.resolve(word).toString();
                default -> word;
            });
        }
        return words.toArray(String[]::new);
    }

    private static void send(RedisAddress address, int frames) {
        try (RedisConnection redis = RedisConnection.open(address)) {
            for (int i = 0; i < frames; i++) {
                redis.call("XADD", "frames:capture", "*", "frame_id", "f-" + System.nanoTime(), "camera_id", "c");
            }
        }
    }

    @Test
    void itsCommandsLeadForthAndBack() throws Exception {
        Iterator<String> lines = commands().iterator();
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
                Commands commands = new Commands(folder)) {
            RedisAddress address = redis.address();
            try (PolledStandIn _ = new PolledStandIn(address, "frames:capture", handled)) {
                send(address, 10);
                Await.until("v1 reads", () -> handled.size() == 10);
            }
            RunningCommand service = commands.start(words(lines.next(), address, "")).says("ready");
            try (PolledStandIn _ = new PolledStandIn(address, "frames:capture:legacy", handled)) {
                String[] gateOn = words(lines.next(), address, service.url());
                Await.until("v1 has left its old stream", () -> CommandOutput.by(gateOn).code() == 0);
                send(address, 10);
                Await.until("v1 gets all frames", () -> handled.size() == 20);
                CommandOutput.by(words(lines.next(), address, service.url())).isFine();
                assertThat(CommandOutput.by(words(lines.next(), address, service.url())).isFine().out())
                        .contains("share 10 %").contains("split 10 by camera");
                CommandOutput.by(words(lines.next(), address, service.url())).isFine();
                assertThat(CommandOutput.by(words(lines.next(), address, service.url())).isFine().out())
                        .contains("Nothing is in the way");
                assertThat(words(lines.next(), address, service.url())).as("tried by MigrationIT")
                        .contains("--execute");
                CommandOutput.by(words(lines.next(), address, service.url())).isFine();
            }
            assertThat(CommandOutput.by(words(lines.next(), address, service.url())).code()).isEqualTo(1);
            assertThat(lines).as("untried commands of the page").isExhausted();
        }
    }
}
