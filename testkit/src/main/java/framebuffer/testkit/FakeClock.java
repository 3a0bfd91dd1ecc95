package framebuffer.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A server clock that can jump: the installed redis-server runs with libfaketime, which adds the offset in a file. The monotonic clock
 * stays true. The bundled server is linked statically and does not support this.
 */
public final class FakeClock {
    private static final Path LIBRARIES = Path.of("/usr/lib");

    private final Path offset;
    private final Path program;

    private FakeClock(Path offset, Path program) {
        this.offset = offset;
        this.program = program;
    }

    /** The missing packages; empty: none. */
    public static Optional<String> missing() {
        List<String> missing = new ArrayList<>();
        if (library().isEmpty()) {
            missing.add("faketime");
        }
        if (server().isEmpty()) {
            missing.add("redis-server");
        }
        return missing.isEmpty() ? Optional.empty() : Optional.of(String.join(" and ", missing));
    }

    private static Optional<Path> server() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "redis-server")).filter(Files::isExecutable).findFirst();
    }

    private static Optional<Path> library() {
        try (Stream<Path> folders = Files.list(LIBRARIES)) {
            return Stream.concat(Stream.of(LIBRARIES), folders)
                    .map(folder -> folder.resolve("faketime/libfaketime.so.1"))
                    .filter(Files::isReadable).findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + LIBRARIES, e);
        }
    }

    /**
     * Writes a program that runs the server with this clock. Requires that nothing is {@link #missing}.
     *
     * @param folder folder for the program and the file; created if missing
     */
    public static FakeClock in(Path folder) {
        // The file is read once per second: a read at each call would cost more than the server itself.
        return in(folder, "FAKETIME_CACHE_DURATION=1");
    }

    /** Like {@link #in}, but a jump takes effect at once, and the server is slow. */
    public static FakeClock immediateIn(Path folder) {
        return in(folder, "FAKETIME_NO_CACHE=1");
    }

    private static FakeClock in(Path folder, String cache) {
        Path library = library().orElseThrow();
        Path server = server().orElseThrow();
        Path offset = folder.resolve("clock");
        Path program = folder.resolve("redis-server");
        try {
            Files.createDirectories(folder);
            // Preload the C library too, because the server's allocator reads the time before libfaketime is ready.
            Files.write(program, List.of("#!/bin/sh",
                    "export LD_PRELOAD='" + library + " libc.so.6' FAKETIME_TIMESTAMP_FILE='" + offset.toAbsolutePath()
                            + "'",
                    "export " + cache + " FAKETIME_DONT_FAKE_MONOTONIC=1 DONT_FAKE_MONOTONIC=1",
                    "exec '" + server.toAbsolutePath() + "' \"$@\""));
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + program, e);
        }
        FakeClock clock = new FakeClock(offset, program);
        clock.jump(0);
        return clock;
    }

    /** The program that runs the server. */
    public Path program() {
        return program;
    }

    /** Sets the server's clock this many seconds ahead (negative: behind), within a second or at once. */
    public void jump(int seconds) {
        Path next = offset.resolveSibling("clock.next");
        try {
            Files.writeString(next, (seconds < 0 ? "" : "+") + seconds + '\n');
            Files.move(next, offset, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + offset, e);
        }
    }
}
