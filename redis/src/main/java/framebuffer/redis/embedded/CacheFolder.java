package framebuffer.redis.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A folder for what is unpacked: the embedded Redis, the native video libraries, the demo clip. It must be writable, and not on a file system
 * mounted {@code noexec}.
 */
public record CacheFolder(Path path) {
    private static final String VARIABLE = "FRAME_BUFFER_CACHE_DIR";
    /** The version in the Maven artifact, whose programs we use, and no code. */
    private static final String BUNDLED = "7.0.15";
    private static final String REMEDY = "name another folder with --cache-dir or " + VARIABLE;

    /** The folder that the environment names, or the user's default. */
    public static CacheFolder ofEnvironment() {
        String named = System.getenv(VARIABLE);
        return find(named == null || named.isBlank() ? null : Path.of(named), System.getenv());
    }

    /**
     * Finds the first usable folder; creates it if it is missing.
     *
     * @param named the only candidate; null: {@code frame-buffer} in the user's cache folder, else in the folder for temporary files
     * @throws IllegalStateException when no folder is usable; the message, one line, gives the fault of each and the remedy
     */
    public static CacheFolder find(@Nullable Path named, Map<String, String> environment) {
        List<String> unfit = new ArrayList<>();
        for (Path candidate : named == null ? candidates(environment) : List.of(named.toAbsolutePath())) {
            Optional<String> why = unfit(candidate);
            if (why.isEmpty()) {
                return new CacheFolder(candidate);
            }
            unfit.add(candidate + " " + why.get());
        }
        throw new IllegalStateException(
                "no usable folder for unpacked programs: " + String.join("; ", unfit) + "; " + REMEDY);
    }

    private static List<Path> candidates(Map<String, String> environment) {
        List<Path> candidates = new ArrayList<>();
        String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
        String home = environment.getOrDefault("HOME", System.getProperty("user.home", ""));
        if (caches.startsWith("/")) {
            candidates.add(Path.of(caches, "frame-buffer"));
        } else if (home.startsWith("/")) {
            candidates.add(Path.of(home, ".cache", "frame-buffer"));
        }
        candidates.add(Path.of(System.getProperty("java.io.tmpdir", "/tmp"),
                "frame-buffer-" + System.getProperty("user.name", "")));
        return candidates;
    }

    private static Optional<String> unfit(Path folder) {
        try {
            Files.createDirectories(folder);
            Path probe = Files.createTempFile(folder, "probe", "");
            try {
                // In a shared folder, another user may have created it and may put other programs into it.
                if (!Files.getOwner(folder).equals(Files.getOwner(probe))) {
                    return Optional.of("belongs to another user");
                }
                Files.writeString(probe, "#!/bin/sh\n");
                return probe.toFile().setExecutable(true)
                        ? refusal(probe)
                        : Optional.of("does not support executable files");
            } finally {
                Files.delete(probe);
            }
        } catch (FileSystemException e) {
            return Optional.of("cannot be written" + (e.getReason() == null ? "" : " (" + e.getReason() + ")"));
        } catch (IOException e) {
            return Optional.of("cannot be written (" + e.getMessage() + ")");
        }
    }

    private static Optional<String> refusal(Path probe) throws IOException {
        try {
            new ProcessBuilder(probe.toString()).start().waitFor();
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (IOException e) {
            // Another failure, such as a missing /bin/sh, is not a fault of the folder.
            return String.valueOf(e.getMessage()).contains("Permission denied")
                    ? Optional.of("does not allow execution (it is mounted noexec)")
                    : Optional.empty();
        }
    }

    /** The folder for the native video libraries. */
    public Path libraries() {
        return path.resolve("javacpp");
    }

    /** The bundled Redis server; unpacks it if necessary. */
    public Path redisServer() {
        try {
            return unpackedServer();
        } catch (IOException e) {
            throw new UncheckedIOException("the embedded Redis cannot be unpacked: " + e.getMessage(), e);
        }
    }

    private Path unpackedServer() throws IOException {
        String name = "redis-server-" + BUNDLED + "-" + platform();
        try (InputStream program = CacheFolder.class.getResourceAsStream("/" + name)) {
            if (program == null) {
                throw new IOException("no redis-server for this machine comes with frame-buffer; start one and give its"
                        + " address with --redis-url");
            }
            byte[] bytes = program.readAllBytes();
            Path server = path.resolve(name);
            if (!Files.isExecutable(server) || Files.size(server) != bytes.length) {
                Path unpacked = Files.createTempFile(path, name, "");
                Files.write(unpacked, bytes);
                if (!unpacked.toFile().setExecutable(true)) {
                    throw new IOException(unpacked + " cannot be made executable");
                }
                // Two processes may unpack it at once; both copies are equal.
                Files.move(unpacked, server, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            return server;
        }
    }

    private static String platform() {
        String system = System.getProperty("os.name", "").startsWith("Mac") ? "darwin" : "linux";
        return system + "-" + switch (System.getProperty("os.arch", "")) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            case "x86", "i386" -> "386";
            case String other -> other;
        };
    }
}
