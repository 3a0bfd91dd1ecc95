package framebuffer.redis.embedded;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The data folder of an embedded Redis. One process at a time owns it, by a file lock; its file {@code redis.url} holds the server's
 * address for cameras and detectors on this machine.
 */
public final class DataFolder implements AutoCloseable {
    private static final String ADDRESS = "redis.url";
    private static final Duration RETIRED_WITHIN = Duration.ofSeconds(30);

    private final Path path;
    private final FileChannel channel;

    private DataFolder(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** The address of the embedded Redis of this folder, if it runs. */
    public static Optional<RedisAddress> runningIn(Path folder) {
        try {
            RedisAddress address = RedisAddress.parse(Files.readString(folder.resolve(ADDRESS)).strip());
            try (RedisConnection redis = RedisConnection.open(address)) {
                List<?> dir = Replies.list(redis.call("CONFIG", "GET", "dir"));
                return Path.of(Replies.text(dir.get(1))).equals(folder.toRealPath())
                        ? Optional.of(address)
                        : Optional.empty();
            }
        } catch (IOException | IllegalArgumentException | RedisUnavailable | RedisRefused e) {
            return Optional.empty();
        }
    }

    static DataFolder open(Path path) {
        try {
            Files.createDirectories(path);
            FileChannel channel = FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            if (!locked(channel)) {
                channel.close();
                throw new IllegalStateException("the data folder " + path
                        + " is in use by another frame-buffer; stop that one, or choose another with --data-dir");
            }
            return new DataFolder(path, channel);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to the data folder " + path.toAbsolutePath() + " ("
                    + (e instanceof FileSystemException refused && refused.getReason() != null
                            ? refused.getReason()
                            : e.getClass().getSimpleName())
                    + "); choose another with --data-dir", e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    Path path() {
        return path;
    }

    /** Stops a server whose owner was killed: two servers would corrupt the append-only file. */
    void retireServer() {
        runningIn(path).ifPresent(address -> {
            try (RedisConnection redis = RedisConnection.open(address)) {
                redis.call("SHUTDOWN", "NOSAVE");
            } catch (RedisUnavailable | RedisRefused e) {
                // A server closes the connection when it shuts down.
                pause();
            }
            long deadline = System.nanoTime() + RETIRED_WITHIN.toNanos();
            while (runningIn(path).isPresent()) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            "another Redis, left behind at " + address + ", uses the data folder "
                                    + path + " and does not stop; stop it, or choose another folder with --data-dir");
                }
                pause();
            }
        });
    }

    void announce(RedisAddress address) throws IOException {
        Files.writeString(path.resolve(ADDRESS), address + "\n");
    }

    static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the embedded Redis", e);
        }
    }

    @Override
    public void close() {
        if (!channel.isOpen()) {
            return;
        }
        try {
            Files.deleteIfExists(path.resolve(ADDRESS));
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot leave the data folder " + path, e);
        }
    }
}
