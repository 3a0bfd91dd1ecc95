package framebuffer.redis.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class KeptAliveTest {
    @TempDir
    private Path folder;

    private static long length(EmbeddedRedis server) {
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            redis.call("XADD", "stream", "*", "n", 1);
            return Replies.number(redis.call("XLEN", "stream"));
        } catch (RedisUnavailable e) {
            return -1;
        }
    }

    @Test
    void itComesBackEachTimeItIsKilledWithItsDataAndWhereItWas() {
        try (EmbeddedRedis server = EmbeddedRedis.start(folder).keptAlive()) {
            int port = server.address().port();
            long before = length(server);
            for (int i = 0; i < 3; i++) {
                ProcessHandle killed = server.process();
                killed.destroyForcibly();
                Await.until("another process", () -> server.process().pid() != killed.pid());
                Await.until("it is back", () -> length(server) > 0);
                long now = length(server);
                assertThat(now).isGreaterThan(before);
                before = now;
            }
            assertThat(server.address().port()).isEqualTo(port);
        }
    }

    @Test
    void asLongAsItCannotStartItIsTried() throws Exception {
        try (EmbeddedRedis server = EmbeddedRedis.start(folder).keptAlive()) {
            ProcessHandle killed = server.process();
            killed.destroyForcibly();
            killed.onExit().get(10, TimeUnit.SECONDS);
            try (ServerSocket other = new ServerSocket(server.address().port(), 1, InetAddress.getLoopbackAddress())) {
                Thread.ofVirtual().start(() -> hangUp(other));
                Await.until("it is tried", () -> server.process().pid() != killed.pid());
                ProcessHandle first = server.process();
                Await.until("and again", () -> server.process().pid() != first.pid());
            }
            Await.until("it is back", () -> length(server) > 0);
        }
    }

    private static void hangUp(ServerSocket listener) {
        try {
            while (!listener.isClosed()) {
                listener.accept().close();
            }
        } catch (IOException e) {
            assertThat(listener.isClosed()).isTrue();
        }
    }

    @RepeatedTest(5)
    void onceClosedItStaysDownAlsoWhenItWasJustKilled() throws Exception {
        EmbeddedRedis server = EmbeddedRedis.start(folder).keptAlive();
        server.process().destroyForcibly();
        server.close();
        server.process().onExit().get(10, TimeUnit.SECONDS);
        try (EmbeddedRedis next = EmbeddedRedis.start(folder)) {
            assertThat(length(next)).isPositive();
        }
    }
}
