package framebuffer.redis.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.testkit.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbeddedRedisTest {
    @TempDir
    private Path parent;

    private Path folder() {
        return parent.resolve("the data");
    }

    private static void write(EmbeddedRedis server, int from, int to) {
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            for (int i = from; i < to; i++) {
                redis.call("XADD", "stream", "*", "n", i);
            }
        }
    }

    private static long length(EmbeddedRedis server) {
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            return Replies.number(redis.call("XLEN", "stream"));
        }
    }

    @Test
    void freePortsDifferAndNoOutgoingConnectionGetsThem() {
        List<Integer> ports = Stream.generate(EmbeddedRedis::freePort).limit(200).toList();
        assertThat(ports).doesNotHaveDuplicates().allSatisfy(port -> assertThat(port).isBetween(20_000, 31_999));
    }

    @Test
    void itIsTheVersionThatWePromise() {
        try (EmbeddedRedis server = EmbeddedRedis.start(folder());
                RedisConnection redis = RedisConnection.open(server.address())) {
            assertThat(Replies.text(redis.call("INFO", "server"))).contains("redis_version:7.0.15");
        }
    }

    @Test
    void whatWasWrittenIsThereAfterARestart() {
        try (EmbeddedRedis server = EmbeddedRedis.start(folder())) {
            write(server, 0, 100);
        }
        try (EmbeddedRedis server = EmbeddedRedis.start(folder())) {
            assertThat(length(server)).isEqualTo(100);
        }
    }

    @Test
    void whatWasAnsweredIsThereAfterTheServerWasKilled() throws InterruptedException {
        for (int round = 1; round <= 3; round++) {
            try (EmbeddedRedis server = start("--appendfsync", "always")) {
                write(server, 0, 50);
                server.process().destroyForcibly();
                Await.until("it is dead", () -> !server.process().isAlive());
            }
            try (EmbeddedRedis server = EmbeddedRedis.start(folder())) {
                assertThat(length(server)).isEqualTo(50L * round);
            }
        }
    }

    private EmbeddedRedis start(String... options) {
        return EmbeddedRedis.start(folder(), EmbeddedRedis.freePort(), List.of(options));
    }

    @Test
    void aFolderIsUsedByOneAtATime() {
        EmbeddedRedis first = EmbeddedRedis.start(folder());
        assertThatThrownBy(() -> EmbeddedRedis.start(folder())).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(folder().toString()).hasMessageContaining("in use")
                .hasMessageContaining("--data-dir");
        assertThat(DataFolder.runningIn(folder())).contains(first.address());
        first.close();
        EmbeddedRedis second = EmbeddedRedis.start(folder());
        first.close();
        assertThat(DataFolder.runningIn(folder())).contains(second.address());
        second.close();
        assertThat(DataFolder.runningIn(folder())).isEmpty();
    }

    @Test
    void anotherProcessUsesTheFolderUntilItIsKilledAndItsServerIsRetired() throws IOException {
        Process owner = Owner.launch(folder());
        BufferedReader said = owner.inputReader();
        long pid = Long.parseLong(said.readLine());
        assertThatThrownBy(() -> EmbeddedRedis.start(folder())).hasMessageContaining("in use");
        RedisAddress left = DataFolder.runningIn(folder()).orElseThrow();
        try (RedisConnection redis = RedisConnection.open(left)) {
            redis.call("XADD", "stream", "*", "n", "1");
        }
        owner.destroyForcibly();
        Await.until("the owner is dead", () -> !owner.isAlive());
        assertThat(ProcessHandle.of(pid)).isPresent();
        try (EmbeddedRedis server = EmbeddedRedis.start(folder())) {
            assertThatThrownBy(() -> RedisConnection.open(left)).isInstanceOf(RedisUnavailable.class);
            assertThat(length(server)).isEqualTo(1);
        }
    }

    @Test
    void theFolderNamesItsServerAsLongAsItRuns() throws IOException {
        try (EmbeddedRedis server = EmbeddedRedis.start(folder())) {
            assertThat(Files.readString(folder().resolve("redis.url"))).isEqualTo(server.address() + "\n");
            assertThat(DataFolder.runningIn(folder())).contains(server.address());
        }
        assertThat(folder().resolve("redis.url")).doesNotExist();
    }

    @Test
    void nothingRunsInAFolderWithoutAServer() throws IOException {
        assertThat(DataFolder.runningIn(parent.resolve("missing"))).isEmpty();
        Files.createDirectory(folder());
        assertThat(DataFolder.runningIn(folder())).isEmpty();
        for (String left : List.of("", "nonsense at all", "redis://127.0.0.1:1\n")) {
            Files.writeString(folder().resolve("redis.url"), left);
            assertThat(DataFolder.runningIn(folder())).isEmpty();
        }
    }

    @Test
    void theServerOfAnotherFolderIsNotMistakenForOurs() throws IOException {
        try (EmbeddedRedis other = EmbeddedRedis.start(parent.resolve("other"))) {
            Files.createDirectory(folder());
            Files.writeString(folder().resolve("redis.url"), other.address().toString());
            assertThat(DataFolder.runningIn(folder())).isEmpty();
            try (EmbeddedRedis ours = EmbeddedRedis.start(folder())) {
                assertThat(ours.address()).isNotEqualTo(other.address());
            }
            assertThat(length(other)).isZero();
        }
    }

    @Test
    void aPortThatIsTakenByAnotherRedisIsRefused() {
        try (EmbeddedRedis other = EmbeddedRedis.start(parent.resolve("other"))) {
            int port = other.address().port();
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> EmbeddedRedis.start(folder(), port, List.of()))
                        .isInstanceOf(IllegalStateException.class).hasMessageContaining("redis.log")
                        .hasMessageContaining(Integer.toString(port));
            }
            assertThat(DataFolder.runningIn(folder())).isEmpty();
            assertThat(length(other)).isZero();
        }
        EmbeddedRedis.start(folder()).close();
    }

    @Test
    void aServerThatCannotStartLeavesNothingBehind() {
        assertThatThrownBy(() -> start("--no-such-option", "1")).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(folder().resolve("redis.log").toString());
        assertThatThrownBy(() -> start("--requirepass", "secret"));
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
        EmbeddedRedis.start(folder()).close();
    }

    @Test
    void aFolderThatCannotBeMadeIsRefusedByName() throws IOException {
        Files.writeString(folder(), "a file");
        assertThatThrownBy(() -> EmbeddedRedis.start(folder())).isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(folder().toString());
    }

    @Test
    void whoCannotWaitStopsItByForce() throws IOException {
        EmbeddedRedis server = EmbeddedRedis.start(folder());
        assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(server.process().pid())).start().onExit().join()
                .exitValue()).isZero();
        Thread.currentThread().interrupt();
        server.close();
        assertThat(Thread.interrupted()).isTrue();
        Await.until("it is dead", () -> !server.process().isAlive());
        assertThat(DataFolder.runningIn(folder())).isEmpty();
    }

    /** A terminal sends Ctrl-C to all processes of the group; the server must outlive its users. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void controlCInATerminalDoesNotReachTheServer() throws IOException {
        try (EmbeddedRedis server = EmbeddedRedis.start(folder())) {
            assertThat(group(server.process().pid())).isNotEqualTo(group(ProcessHandle.current().pid()));
        }
    }

    private static String group(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        return stat.substring(stat.lastIndexOf(')')).split(" ", -1)[3];
    }
}
