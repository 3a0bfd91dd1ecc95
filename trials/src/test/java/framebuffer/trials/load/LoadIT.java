package framebuffer.trials.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.DataFolder;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.CommandOutput;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A load with simulated processors on a running service. */
class LoadIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @Test
    void everyFrameIsAccountedForAlsoWhenTheLoadIsEndedEarly() throws Exception {
        try (Commands commands = new Commands(folder)) {
            String url = commands.start("serve", "--port", "0").says("ready").url();
            RedisAddress address = DataFolder.runningIn(folder.resolve("data")).orElseThrow();
            JsonNode whole = JSON
                    .readTree(CommandOutput.by("load", "--fps", "200", "--duration", "2s", "--processors", "4",
                            "--processing-time", "5ms", "--capacity", "8", "--wait", "60s", "--json", "--data-dir",
                            folder.resolve("data").toString(), "--orchestrator-url", url).isFine().out());
            assertThat(whole.path("sent").asInt()).as("%s", whole).isEqualTo(400);
            assertThat(whole.path("results").path("success").asInt()).isEqualTo(400);
            assertThat(whole.path("missing").asInt()).isZero();
            assertThat(whole.path("ledger").path("done").asInt()).isEqualTo(400);
            assertThat(whole.path("ledger").path("in_flight").asInt()).isZero();
            assertThat(whole.path("accounted_for").asBoolean()).isTrue();
            assertThat(whole.path("result_ms").path("p50").asDouble()).isGreaterThanOrEqualTo(5);
            assertThat(whole.path("result_ms_by_priority").properties()).hasSize(3);
            assertThat(Commands.get(url + "/processors")).as("unregistered").isEmpty();

            RunningCommand endless = commands.start("load", "--duration", "1h", "--orchestrator-url", url,
                    "--processors", "2",
                    "--json");
            try (RedisConnection redis = RedisConnection.open(address)) {
                Await.until("results come",
                        () -> Replies.number(redis.call("XLEN", "frames:results")) > 420);
            }
            endless.process().destroy();
            assertThat(endless.exitCode()).as(endless.errors()).isZero();
            JsonNode part = JSON.readTree(endless.output());
            assertThat(part.path("sent").asInt()).as("%s", part).isBetween(20, 359_999);
            assertThat(part.path("accounted_for").asBoolean()).isTrue();
        }
    }

    @Test
    void aLoadLearnsHowManyPartitionsThereAre() throws Exception {
        try (Commands commands = new Commands(folder);
                EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"))) {
            String address = redis.address().toString();
            String url = commands.start("serve", "--port", "0", "--partitions", "3", "--redis-url", address)
                    .says("ready").url();
            JsonNode whole = JSON.readTree(CommandOutput.by("load", "--fps", "20", "--duration", "1s", "--cameras", "9",
                    "--processors", "1", "--json", "--redis-url", address, "--orchestrator-url", url).isFine().out());
            assertThat(whole.path("ledger").path("captured").asInt()).as("%s", whole).isEqualTo(20);
            CommandOutput.by("load", "--partitions", "4", "--redis-url", address)
                    .isOneLineWith("over 3 partitions, not 4");
        }
    }
}
