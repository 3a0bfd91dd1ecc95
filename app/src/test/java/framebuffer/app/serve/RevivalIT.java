package framebuffer.app.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.client.Answer;
import framebuffer.client.Processor;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.DataFolder;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Redis dies and returns, or is replaced: frames flow again without a restart of other processes. */
class RevivalIT {
    @TempDir
    private Path folder;

    private static void capture(RedisAddress address, String frame) {
        Await.until("Redis takes the frame", () -> {
            try (RedisConnection redis = RedisConnection.open(address)) {
                redis.call("XADD", "frames:capture", "*", "frame_id", frame, "camera_id", "c", "detection_type", "x");
                return true;
            } catch (RedisUnavailable e) {
                return false;
            }
        });
    }

    private static Processor processor(String url, RedisAddress redis) throws InterruptedException {
        return Processor.builder("x-1").capabilities("x").orchestrator(url).redis(redis)
                .handler(_ -> Answer.processed("{}")).start();
    }

    private static long done(String url) {
        JsonNode ledger = Commands.get(url + "/frames/ledger");
        return ledger.path("total").path("done").asLong(-1);
    }

    @Test
    void anEmbeddedRedisThatIsKilledComesBack() throws Exception {
        try (Commands commands = new Commands(folder)) {
            RunningCommand service = commands.start("serve", "--port", "0").says("ready");
            RedisAddress address = DataFolder.runningIn(folder.resolve("data")).orElseThrow();
            try (Processor processor = processor(service.url(), address)) {
                capture(address, "before");
                Await.until("it is done", () -> done(service.url()) == 1);
                server(address).destroyForcibly();
                service.says("ended unexpectedly").says("is back");
                capture(address, "after");
                Await.until("it is done too", () -> done(service.url()) == 2);
                assertThat(processor.statistics().processed()).isEqualTo(2);
            }
        }
    }

    @Test
    void anEmbeddedRedisListensOnThePortItIsGiven() throws Exception {
        int port = EmbeddedRedis.freePort();
        try (Commands commands = new Commands(folder)) {
            commands.start("serve", "--port", "0", "--redis-port", Integer.toString(port))
                    .says("Redis at redis://127.0.0.1:" + port);
        }
    }

    private static ProcessHandle server(RedisAddress address) {
        try (RedisConnection redis = RedisConnection.open(address)) {
            String info = Replies.text(redis.call("INFO", "server"));
            String id = info.lines().filter(line -> line.startsWith("process_id:")).findFirst().orElseThrow();
            return ProcessHandle.of(Long.parseLong(id.substring(id.indexOf(':') + 1))).orElseThrow();
        }
    }

    @Test
    void afterAFailoverFramesFlowThroughTheNewMaster() throws Exception {
        try (Commands commands = new Commands(folder);
                EmbeddedRedis master = EmbeddedRedis.start(folder.resolve("master"));
                EmbeddedRedis replica = EmbeddedRedis.start(folder.resolve("replica"), EmbeddedRedis.freePort(),
                        List.of(
                                "--replicaof", "127.0.0.1", Integer.toString(master.address().port()),
                                "--repl-diskless-sync-delay", "0"))) {
            RedisAddress address = RedisAddress.parse("redis+sentinel://127.0.0.1:" + sentinel(commands, master)
                    + "/main");
            Await.until("it is replicated", () -> says(replica.address(), "INFO", "master_link_status:up"));
            RunningCommand service = commands.start("serve", "--port", "0", "--redis-url", address.toString())
                    .says("ready");
            try (Processor processor = processor(service.url(), address)) {
                capture(address, "before");
                Await.until("it is done", () -> done(service.url()) == 1);
                Await.until("the replica knows", () -> says(replica.address(), "INFO", "slave_read_only:1"));
                master.process().destroyForcibly();
                capture(address, "after");
                Await.until("it is done too", () -> done(service.url()) == 2);
                assertThat(processor.statistics().processed()).isEqualTo(2);
                assertThat(says(replica.address(), "INFO", "role:master")).isTrue();
            }
        }
    }

    /** Returns the port once the replica is known. */
    private int sentinel(Commands commands, EmbeddedRedis master) throws IOException {
        int port = EmbeddedRedis.freePort();
        Path home = Files.createDirectory(folder.resolve("sentinel"));
        Path conf = Files.writeString(home.resolve("sentinel.conf"), """
                port %d
                bind 127.0.0.1
                dir %s
                sentinel monitor main 127.0.0.1 %d 1
                sentinel down-after-milliseconds main 500
                sentinel failover-timeout main 3000
                """.formatted(port, home, master.address().port()));
        commands.startOther(
                List.of(master.process().info().command().orElseThrow(), conf.toString(), "--sentinel"));
        Await.until("the sentinel knows the replica",
                () -> says(RedisAddress.local(port), "INFO", "slaves=1"));
        return port;
    }

    private static boolean says(RedisAddress address, String command, String text) {
        try (RedisConnection redis = RedisConnection.open(address)) {
            return Replies.text(redis.call(command)).contains(text);
        } catch (RedisUnavailable e) {
            return false;
        }
    }
}
