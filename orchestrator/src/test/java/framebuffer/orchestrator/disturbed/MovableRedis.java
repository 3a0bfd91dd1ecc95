package framebuffer.orchestrator.disturbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import framebuffer.streams.RedisAddress;
import framebuffer.streams.embedded.EmbeddedRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A redis-server whose clock can be set while it runs: the installed one, started under libfaketime. Where either is missing the test is
 * skipped; where {@code CI} is set it fails.
 */
final class MovableRedis implements AutoCloseable {
    private final Path offset;
    private final EmbeddedRedis server;

    private MovableRedis(Path folder, Path program) {
        this.offset = folder.resolve("offset");
        set(Duration.ZERO);
        this.server = EmbeddedRedis.start(folder.resolve("data"), EmbeddedRedis.freePort(), List.of(), program);
    }

    static MovableRedis start(Path folder) throws IOException {
        Optional<Path> library = library();
        Optional<Path> redis = Stream.of("/usr/bin/redis-server", "/usr/local/bin/redis-server").map(Path::of)
                .filter(Files::isExecutable).findFirst();
        boolean there = library.isPresent() && redis.isPresent();
        if (System.getenv("CI") == null) {
            assumeTrue(there, "needs redis-server and libfaketime (apt-get install redis-server faketime)");
        }
        assertThat(there).as("redis-server and libfaketime are installed").isTrue();
        // The C library in front: jemalloc asks for the time before libfaketime is ready to answer.
        String script = "#!/bin/sh\nexport LD_PRELOAD='" + library.orElseThrow()
                + " libc.so.6' FAKETIME_TIMESTAMP_FILE='"
                + folder.resolve("offset") + "' FAKETIME_NO_CACHE=1 DONT_FAKE_MONOTONIC=1\nexec "
                + redis.orElseThrow() + " \"$@\"\n";
        Path program = Files.writeString(folder.resolve("redis-server"), script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return new MovableRedis(folder, program);
    }

    private static Optional<Path> library() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("/usr/lib"))) {
            return folders.map(folder -> folder.resolve("faketime/libfaketime.so.1")).filter(Files::exists).findFirst();
        }
    }

    RedisAddress address() {
        return server.address();
    }

    /** From now on its clock is ahead of the machine's by so much. */
    void set(Duration ahead) {
        try {
            // Renamed, for it is read at any moment.
            Path next = Files.writeString(offset.resolveSibling("next"),
                    (ahead.isNegative() ? "" : "+") + ahead.toSeconds() + "\n");
            Files.move(next, offset, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
