package framebuffer.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.RedisAddress.ConnectTimeouts;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A master, a replica, and a sentinel that monitors them. */
@Timeout(60)
class SentinelsTest {
    private static final ConnectTimeouts QUICK = new ConnectTimeouts(Duration.ofSeconds(2), Duration.ofMillis(10),
            Duration.ofMillis(200));

    @TempDir
    private Path folder;

    private EmbeddedRedis master;
    private EmbeddedRedis replica;
    private Process sentinel;
    private int port;

    @BeforeEach
    void start() throws IOException {
        master = EmbeddedRedis.start(folder.resolve("master"));
        replica = EmbeddedRedis.start(folder.resolve("replica"), EmbeddedRedis.freePort(),
                List.of("--replicaof", "127.0.0.1",
                        Integer.toString(master.address().port()), "--repl-diskless-sync-delay", "0"));
        port = EmbeddedRedis.freePort();
        sentinel = sentinel(port, "");
        Await.until("it is a replica",
                () -> "slave".equals(role(replica)) && info(replica).contains("master_link_status:up"));
        Await.until("the sentinel knows it", () -> knowsTheReplica());
    }

    @AfterEach
    void stop() throws InterruptedException {
        sentinel.destroyForcibly().waitFor();
        replica.close();
        master.close();
    }

    private Process sentinel(int at, String more) throws IOException {
        Path home = Files.createDirectory(folder.resolve("sentinel-" + at));
        Path conf = Files.writeString(home.resolve("sentinel.conf"), """
                port %d
                bind 127.0.0.1
                dir %s
                sentinel monitor main 127.0.0.1 %d 1
                sentinel down-after-milliseconds main 500
                sentinel failover-timeout main 3000
                %s
                """.formatted(at, home, master.address().port(), more));
        Process process = new ProcessBuilder(master.process().info().command().orElseThrow(), conf.toString(),
                "--sentinel").redirectErrorStream(true).redirectOutput(home.resolve("log").toFile()).start();
        RedisAddress address = RedisAddress.local(at);
        Await.until("it answers", () -> answers(address));
        return process;
    }

    private static boolean answers(RedisAddress address) {
        try (RedisConnection redis = RedisConnection.open(address)) {
            return redis.call("PING") != null;
        } catch (RedisRefused e) {
            return true;
        } catch (RedisUnavailable e) {
            return false;
        }
    }

    private boolean knowsTheReplica() {
        try (RedisConnection redis = RedisConnection.open(RedisAddress.local(port))) {
            return Replies.text(redis.call("INFO", "sentinel")).contains("slaves=1");
        }
    }

    /** A server closes its connections when its role changes. */
    private static String role(EmbeddedRedis server) {
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            return Replies.text(Replies.list(redis.call("ROLE")).getFirst());
        } catch (RedisUnavailable e) {
            return "away";
        }
    }

    private static String info(EmbeddedRedis server) {
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            return Replies.text(redis.call("INFO", "replication"));
        }
    }

    private RedisAddress bySentinels(String places) {
        return RedisAddress.parse("redis+sentinel://" + places + "/main").with(QUICK);
    }

    @Test
    void afterAFailoverALoopGoesOnWithTheNewMaster() {
        Writing writing = new Writing();
        try (RedisLoop loop = new RedisLoop("writer", bySentinels("127.0.0.1:1,127.0.0.1:" + port), writing).start()) {
            Await.until("it writes", () -> writing.count.get() > 0);
            assertThat(length(master)).isPositive();
            master.process().destroyForcibly();
            Await.until("the replica is master", () -> "master".equals(role(replica)));
            Await.until("it answers again", () -> length(replica) > 0);
            long before = length(replica);
            Await.until("it is written there", () -> length(replica) > before);
            Await.until("no trouble", () -> loop.trouble() == null);
        }
    }

    @Test
    void aMasterThatBecomesAReplicaIsWaitedForWithAClearMessage() {
        Writing writing = new Writing();
        try (RedisLoop loop = new RedisLoop("writer", master.address().with(QUICK), writing).start();
                RedisConnection operator = RedisConnection.open(master.address())) {
            Await.until("it writes", () -> writing.count.get() > 0);
            sentinel.destroyForcibly();
            operator.call("REPLICAOF", "127.0.0.1", "1");
            Await.until("it says why",
                    () -> String.valueOf(loop.trouble()).contains("has become a replica and takes no writes"));
            operator.call("REPLICAOF", "NO", "ONE");
            long before = writing.count.get();
            Await.until("it writes again", () -> writing.count.get() > before && loop.trouble() == null);
        }
    }

    @Test
    void whatIsNoMasterIsNotTaken() {
        try (RedisConnection operator = RedisConnection.open(master.address())) {
            sentinel.destroyForcibly();
            operator.call("REPLICAOF", "127.0.0.1", "1");
        }
        assertThatThrownBy(() -> RedisConnection.open(bySentinels("127.0.0.1:1,127.0.0.1:2")))
                .isInstanceOf(RedisUnavailable.class).hasMessageContaining("no master at redis+sentinel://");
        Sentinels.HostPort hostPort = new Sentinels.HostPort("127.0.0.1", master.address().port());
        assertThatThrownBy(() -> Sentinels.master(master.address(), hostPort)).isInstanceOf(RedisUnavailable.class)
                .hasMessageContaining("is slave and no master");
    }

    @Test
    void aNameThatTheSentinelDoesNotKnowIsSaid() {
        assertThatThrownBy(
                () -> RedisConnection.open(RedisAddress.parse("redis+sentinel://127.0.0.1:" + port + "/other")))
                .isInstanceOf(RedisUnavailable.class).hasMessageContaining("knows no master named other");
    }

    @Test
    void aSentinelThatAsksForThePasswordIsShownIt() throws Exception {
        int guarded = EmbeddedRedis.freePort();
        Process strict = sentinel(guarded, "requirepass hush");
        try (RedisConnection operator = RedisConnection.open(master.address())) {
            operator.call("CONFIG", "SET", "requirepass", "hush");
            RedisAddress address = RedisAddress.parse("redis+sentinel://:hush@127.0.0.1:" + guarded + "/main");
            try (RedisConnection redis = RedisConnection.open(address)) {
                assertThat(Replies.text(redis.call("PING"))).isEqualTo("PONG");
            }
            assertThatThrownBy(() -> RedisConnection.open(bySentinels("127.0.0.1:" + guarded)))
                    .isInstanceOf(RedisUnavailable.class).hasMessageContaining("refuses");
        } finally {
            strict.destroyForcibly().waitFor();
        }
    }

    private static long length(EmbeddedRedis server) {
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            return Replies.number(redis.call("XLEN", "written"));
        } catch (RedisUnavailable e) {
            return -1;
        }
    }

    /** Writes repeatedly. */
    private static final class Writing implements RedisLoop.Work {
        private final AtomicLong count = new AtomicLong();

        @Override
        public void runOnce(RedisConnection redis) {
            redis.call("XADD", "written", "*", "n", Long.toString(count.get()));
            count.incrementAndGet();
        }

        @Override
        public Duration rest() {
            return Duration.ofMillis(10);
        }
    }
}
