package framebuffer.trials.bench.rig;

import framebuffer.app.terminal.CannotRun;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.EmbeddedRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A temporary Redis for one measurement; deleted with its data afterwards. */
public final class BenchRedis implements AutoCloseable {
    private static final long STARTED_WITHIN_MILLIS = 800;

    private final Path folder;
    private final EmbeddedRedis server;

    /** When Redis writes to disk. */
    enum Sync {
        ALWAYS, EVERYSEC
    }

    private BenchRedis(Path folder, EmbeddedRedis server) {
        this.folder = folder;
        this.server = server;
    }

    static BenchRedis start(Sync sync, @Nullable Path program) {
        try {
            Path folder = Files.createTempDirectory("frame-buffer-bench");
            CompletableFuture<EmbeddedRedis> starting = new CompletableFuture<>();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(starting), "bench-end"));
            starting.complete(EmbeddedRedis.start(folder, EmbeddedRedis.freePort(),
                    List.of("--appendfsync", sync.name().toLowerCase(Locale.ROOT)), program));
            return new BenchRedis(folder, starting.join());
        } catch (IOException e) {
            throw new CannotRun("cannot make a temporary folder: " + e.getMessage(), e);
        } catch (UncheckedIOException | IllegalStateException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }

    /** Stops the server after a signal, even if it is just starting. */
    private static void end(CompletableFuture<EmbeddedRedis> starting) {
        try {
            starting.get(STARTED_WITHIN_MILLIS, TimeUnit.MILLISECONDS).process().destroyForcibly();
        } catch (TimeoutException | ExecutionException e) {
            System.err.println("no Redis was started before the bench was ended");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The address. */
    public RedisAddress address() {
        return server.address();
    }

    /** The address as a URL. */
    String url() {
        return "redis://127.0.0.1:" + address().port();
    }

    /** CPU time used so far, in seconds. */
    public static double cpuSeconds(RedisConnection redis) {
        return Arrays.stream(Replies.text(redis.call("INFO", "cpu")).split("\r\n"))
                .filter(line -> line.startsWith("used_cpu_sys:") || line.startsWith("used_cpu_user:"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(':') + 1))).sum();
    }

    @Override
    public void close() {
        server.close();
        remove(folder);
    }

    /** Deletes a folder with its content. */
    public static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + folder + ": " + e.getMessage(), e);
        }
    }
}
