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
import redis.embedded.RedisExecProvider;
import redis.embedded.util.Architecture;
import redis.embedded.util.OS;
import redis.embedded.util.OsArchitecture;

/**
 * A folder for what is unpacked to be run: the embedded Redis, and the libraries that read video. This user can write to it, and what
 * lies there can be executed, which a file system that is mounted {@code noexec} does not allow.
 */
public record CacheFolder(Path path) {
    private static final String VARIABLE = "FRAME_BUFFER_CACHE_DIR";
    private static final String REMEDY = "name another folder with --cache-dir or " + VARIABLE;

    /** The one that the environment names, or the user's own. */
    public static CacheFolder ofEnvironment() {
        String named = System.getenv(VARIABLE);
        return find(named == null || named.isBlank() ? null : Path.of(named), System.getenv());
    }

    /**
     * The first that is fit; created when it is missing.
     *
     * @param named
     *            this and no other; null: {@code frame-buffer} in the folder for caches that the environment or the system has for the user,
     *            else in the one for temporary files
     * @throws IllegalStateException
     *             when none is; the message, one line, says what is wrong with each and what to do
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
                "there is no folder to unpack programs to: " + String.join("; ", unfit) + "; " + REMEDY);
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
                // In a folder for all, another user may have made it, and may put programs of their own into it.
                if (!Files.getOwner(folder).equals(Files.getOwner(probe))) {
                    return Optional.of("belongs to another user");
                }
                Files.writeString(probe, "#!/bin/sh\n");
                return probe.toFile().setExecutable(true) ? refusal(probe) : Optional.of("holds nothing executable");
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
            // Any other reason, such as a machine without /bin/sh, says nothing of the folder.
            return String.valueOf(e.getMessage()).contains("Permission denied")
                    ? Optional.of("lets nothing be run that lies there (it is mounted noexec)")
                    : Optional.empty();
        }
    }

    /** Where the libraries that read video are unpacked. */
    public Path libraries() {
        return path.resolve("javacpp");
    }

    /** The Redis server that comes with us, unpacked here unless it was before. */
    public Path redisServer() {
        try {
            return unpackedServer();
        } catch (IOException e) {
            throw new UncheckedIOException("the embedded Redis cannot be unpacked: " + e.getMessage(), e);
        }
    }

    private Path unpackedServer() throws IOException {
        String name = "redis-server-" + RedisExecProvider.redisVersion + "-" + platform();
        try (InputStream program = RedisExecProvider.class.getResourceAsStream("/" + name)) {
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
                // Two that start at once each unpack it; either is as good.
                Files.move(unpacked, server, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            return server;
        }
    }

    private static String platform() {
        OsArchitecture here = OsArchitecture.detect();
        String system = here.os() == OS.MAC_OS_X ? "darwin" : "linux";
        return system + "-" + (here.arch() == Architecture.arm64
                ? "arm64"
                : here.arch() == Architecture.x86_64 ? "amd64" : "386");
    }
}
