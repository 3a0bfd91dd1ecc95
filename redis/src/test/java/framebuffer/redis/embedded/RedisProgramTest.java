package framebuffer.redis.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisProgramTest {
    @TempDir
    private Path folder;

    /** A program that reports this version. */
    private Path program(String place, String answer) throws IOException {
        Path program = folder.resolve(place);
        Files.createDirectories(program.getParent());
        Files.writeString(program, "#!/bin/sh\necho '" + answer + "'\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return program;
    }

    private String path() {
        return folder.resolve("one") + ":" + folder.resolve("two") + ":relative::" + folder.resolve("missing");
    }

    @Test
    void valkeyIsPreferredWhereverItIs() throws IOException {
        program("one/redis-server", "Redis server v=7.2.5 sha=00000000:0");
        Path valkey = program("two/valkey-server", "Valkey server v=8.1.3 sha=00000000:0");
        assertThat(RedisProgram.onPath(path())).contains(new RedisProgram(valkey, "Valkey", "8.1.3", false));
    }

    @Test
    void programsThatAreTooOldAreIgnored() throws IOException {
        program("one/valkey-server", "Valkey server v=7.1.0");
        program("one/redis-server", "Redis server v=6.2.14 sha=00000000:0");
        Path redis = program("two/redis-server", "Redis server v=7.0.15 sha=00000000:0");
        assertThat(RedisProgram.onPath(path())).map(RedisProgram::path).contains(redis);
        Files.delete(redis);
        assertThat(RedisProgram.onPath(path())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"Redis server v=7.0.0, Redis, 7.0.0", "Redis server v=8.2.1 sha=0, Redis, 8.2.1",
            "Server v=7.2.5 sha=0, Valkey, 7.2.5", "Valkey server v=9.1.2 sha=0, Valkey, 9.1.2",
            "Valkey server v=10.0.0, Valkey, 10.0.0"})
    void aProgramReportsItsVersion(String answer, String product, String version) throws IOException {
        Path path = program("server", answer);
        assertThat(RedisProgram.named(path)).isEqualTo(new RedisProgram(path, product, version, false))
                .hasToString(product + ' ' + version + ", " + path);
    }

    @ParameterizedTest
    @CsvSource({"Redis server v=6.2.14 sha=0, too old", "Server v=7.1.0, too old", "hello, reports no version"})
    void aNamedProgramThatIsUnusableIsRefused(String answer, String why) throws IOException {
        Path path = program("server", answer);
        assertThatThrownBy(() -> RedisProgram.named(path)).isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(path.toString(), why);
    }

    @Test
    void aNamedProgramThatIsMissingIsRefused() {
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> RedisProgram.named(missing)).isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(missing.toString(), "cannot be run");
    }

    @Test
    void theBundledOneIsForTrial() {
        assertThat(RedisProgram.bundledIn(CacheFolder.find(null, Map.of("HOME", folder.toString()))))
                .hasToString("Redis 7.0.15, bundled, for trial: it gets no security fixes");
    }
}
