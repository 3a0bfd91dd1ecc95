package framebuffer.redis.embedded;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.wire.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The data folder of an embedded Redis. One process at a time owns it, by a file lock; its file {@code redis.url} holds the server's
 * address, with the password, for cameras and detectors of the same user. Other users can neither read the folder nor use the server.
 */
public final class DataFolder implements AutoCloseable {
    private static final String ADDRESS = "redis.url";
    private static final String PASSWORD = "redis.password";
    private static final String LOCK = "lock";
    /** What Redis and frame-buffer write. The mode of a folder that holds other files is the user's. */
    private static final List<String> OURS = List.of(LOCK, ADDRESS, PASSWORD, "redis.log", "appendonlydir", "dump.rdb",
            "instance-suffix");
    private static final Pattern PASSWORD_FORM = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern UNREADABLE = Pattern
            .compile("Can't handle RDB format version|Bad file format reading the append only file \\S+\\.base\\.rdb");
    private static final int PASSWORD_BYTES = 32;
    private static final int LOG_READ = 1_000;
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
            PrivateFiles.createFolder(path);
            FileChannel channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            if (!locked(channel)) {
                channel.close();
                throw new IllegalStateException("the data folder " + path
                        + " is in use by another frame-buffer; stop that one, or choose another with --data-dir");
            }
            restrict(path);
            return new DataFolder(path, channel);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to the data folder " + path.toAbsolutePath() + " ("
                    + (e instanceof FileSystemException refused && refused.getReason() != null
                            ? refused.getReason()
                            : e.getClass().getSimpleName())
                    + "); choose another with --data-dir", e);
        }
    }

    private static void restrict(Path folder) throws IOException {
        if (PrivateFiles.holdsOnly(folder, OURS)) {
            PrivateFiles.restrictOne(folder);
        }
        for (String name : OURS) {
            PrivateFiles.restrict(folder.resolve(name));
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

    /** Writes the address of the server, with its password. */
    void announce(RedisAddress address) throws IOException {
        Secret password = address.password();
        PrivateFiles.write(path.resolve(ADDRESS), password == null
                ? address + "\n"
                : "redis://" + address.user() + ':' + password.reveal() + '@' + address.host() + ':' + address.port()
                        + '\n');
    }

    /** The password of the server, 256 random bits; it stays the same for the life of the folder. */
    Secret password() throws IOException {
        Path file = path.resolve(PASSWORD);
        String kept = Files.exists(file) ? Files.readString(file).strip() : "";
        if (PASSWORD_FORM.matcher(kept).matches()) {
            return new Secret(kept);
        }
        byte[] bytes = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(bytes);
        String made = HexFormat.of().formatHex(bytes);
        PrivateFiles.write(file, made + '\n');
        return new Secret(made);
    }

    /** Whether the program said last that it cannot read the form of the data: a newer one, or Valkey, may have written them. */
    boolean isOfAnotherProgram() {
        try (FileChannel log = FileChannel.open(path.resolve("redis.log"), StandardOpenOption.READ)) {
            ByteBuffer end = ByteBuffer.allocate(LOG_READ);
            log.read(end, Math.max(0, log.size() - LOG_READ));
            return UNREADABLE.matcher(new String(end.array(), StandardCharsets.ISO_8859_1)).find();
        } catch (IOException e) {
            return false;
        }
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
