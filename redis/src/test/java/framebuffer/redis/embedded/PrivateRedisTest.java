package framebuffer.redis.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.testkit.Await;
import framebuffer.wire.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An embedded Redis with a password: other users of the machine can neither read its data nor use it. */
@Timeout(60)
class PrivateRedisTest {
    private static final RedisProgram BUNDLED = RedisProgram.bundledIn(CacheFolder.ofEnvironment());

    @TempDir
    private Path parent;

    private Path folder() {
        return parent.resolve("data");
    }

    private EmbeddedRedis start() {
        return EmbeddedRedis.startWithPassword(folder(), EmbeddedRedis.freePort(), BUNDLED);
    }

    private static Object ask(RedisAddress address, String command, Object... arguments) {
        try (RedisConnection redis = RedisConnection.open(address)) {
            return Objects.requireNonNull(redis.call(command, arguments));
        }
    }

    private static String mode(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void isPrivate() throws IOException {
        try (Stream<Path> all = Files.walk(folder())) {
            assertThat(all).hasSizeGreaterThan(5).allSatisfy(
                    path -> assertThat(mode(path)).isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
        }
    }

    @Test
    void othersCanNeitherReadNorUseIt() throws IOException {
        try (EmbeddedRedis server = start()) {
            isPrivate();
            assertThatThrownBy(() -> ask(RedisAddress.local(server.address().port()), "PING"))
                    .isInstanceOf(RedisRefused.class).hasMessageContaining("NOAUTH");
            assertThat(ask(DataFolder.runningIn(folder()).orElseThrow(), "DBSIZE")).isEqualTo(0L);
        }
    }

    @Test
    void itsCommandLineDoesNotShowThePassword() throws IOException {
        Path arguments = parent.resolve("arguments");
        Path program = Files.writeString(parent.resolve("program"),
                "#!/bin/sh\necho \"$@\" > " + arguments + "\nexec " + BUNDLED.path() + " \"$@\"\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        try (EmbeddedRedis server = EmbeddedRedis.startWithPassword(folder(), EmbeddedRedis.freePort(),
                RedisProgram.named(program))) {
            assertThat(Files.readString(arguments)).contains(folder().toString())
                    .doesNotContain(Objects.requireNonNull(Secret.textOf(server.address().password())));
        }
    }

    @Test
    void aRestartFindsItsDataAndKeepsThePassword() {
        Secret password;
        try (EmbeddedRedis server = start()) {
            ask(server.address(), "SET", "key", "kept");
            password = server.address().password();
        }
        try (EmbeddedRedis server = start()) {
            assertThat(Replies.text(ask(server.address(), "GET", "key"))).isEqualTo("kept");
            assertThat(server.address().password()).isEqualTo(password);
        }
    }

    @Test
    void aPasswordFileThatIsDamagedIsReplaced() throws IOException {
        start().close();
        Files.writeString(folder().resolve("redis.password"), "half");
        try (EmbeddedRedis server = start()) {
            assertThat(Secret.textOf(server.address().password())).hasSize(64);
        }
    }

    @Test
    void whenItsProcessIsKilledItComesBackWithItsPassword() {
        try (EmbeddedRedis server = start().keptAlive()) {
            ProcessHandle killed = server.process();
            killed.destroyForcibly();
            Await.until("another process", () -> server.process().pid() != killed.pid());
            Await.until("it is back", () -> answers(server.address()));
            assertThatThrownBy(() -> ask(RedisAddress.local(server.address().port()), "PING"))
                    .isInstanceOf(RedisRefused.class);
        }
    }

    private static boolean answers(RedisAddress address) {
        try {
            return ask(address, "PING") != null;
        } catch (RedisUnavailable e) {
            return false;
        }
    }

    @Test
    void anOldFolderWithoutAPasswordWhoseServerWasLeftBehindIsTakenOver() throws IOException {
        Process owner = Owner.launch(folder());
        assertThat(owner.inputReader().readLine()).isNotBlank();
        RedisAddress left = DataFolder.runningIn(folder()).orElseThrow();
        ask(left, "SET", "key", "kept");
        owner.destroyForcibly();
        Await.until("the owner is dead", () -> !owner.isAlive());
        try (Stream<Path> all = Files.walk(folder())) {
            for (Path path : all.toList()) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
        try (EmbeddedRedis server = start()) {
            assertThat(Replies.text(ask(server.address(), "GET", "key"))).isEqualTo("kept");
            assertThatThrownBy(() -> ask(left, "PING")).isInstanceOf(RedisUnavailable.class);
            isPrivate();
        }
    }

    @Test
    void theModeOfAFolderWithFilesOfOthersIsNotChanged() throws IOException {
        Files.createDirectory(folder());
        Files.writeString(folder().resolve("theirs"), "");
        Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(folder().resolve("theirs"), PosixFilePermissions.fromString("rw-r--r--"));
        start().close();
        assertThat(mode(folder())).isEqualTo("rwxr-xr-x");
        assertThat(mode(folder().resolve("theirs"))).isEqualTo("rw-r--r--");
        for (String ours : List.of("redis.password", "redis.log", "lock")) {
            assertThat(mode(folder().resolve(ours))).isEqualTo("rw-------");
        }
        assertThat(mode(folder().resolve("appendonlydir"))).isEqualTo("rwx------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"REDIS0099", "VALKEY080"})
    void dataOfAnotherProgramAreNotMistakenForDamage(String form) throws IOException {
        start().close();
        Path base = folder().resolve("appendonlydir/appendonly.aof.1.base.rdb");
        byte[] data = Files.readAllBytes(base);
        System.arraycopy(form.getBytes(StandardCharsets.US_ASCII), 0, data, 0, 9);
        Files.write(base, data);
        assertThatThrownBy(this::start).isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("another program may have written its data", "--redis-server");
    }

    @Test
    void aPortThatIsTakenByAnotherRedisIsRefused() {
        try (EmbeddedRedis other = EmbeddedRedis.start(parent.resolve("other"))) {
            int port = other.address().port();
            assertThatThrownBy(() -> EmbeddedRedis.startWithPassword(folder(), port, BUNDLED))
                    .isInstanceOf(IllegalStateException.class).hasMessageContaining(Integer.toString(port));
        }
    }
}
