package framebuffer.trials.bench;

import framebuffer.app.terminal.CannotRun;
import framebuffer.redis.RedisAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A router in C without any decisions, with two batches in flight: the reference for routers on Redis Streams. */
final class Yardstick implements AutoCloseable {
    private static final String SOURCE = "null_router.c";
    private static final Pattern RATE = Pattern.compile("routed (\\d+) frames .*: (\\d+) frames/s");

    private final Path folder;

    private Yardstick(Path folder) {
        this.folder = folder;
    }

    /**
     * Compiles the router.
     *
     * @throws CannotRun when the C compiler or hiredis is missing
     */
    static Yardstick compile() throws InterruptedException {
        try {
            Path folder = Files.createTempDirectory("frame-buffer-yardstick");
            try (InputStream source = Objects.requireNonNull(Yardstick.class.getResourceAsStream(SOURCE))) {
                Files.copy(source, folder.resolve(SOURCE), StandardCopyOption.REPLACE_EXISTING);
            }
            String said = run(List.of("cc", "-O2", folder.resolve(SOURCE).toString(), "-o",
                    folder.resolve("null_router").toString(), "-lhiredis"));
            if (!Files.isExecutable(folder.resolve("null_router"))) {
                throw new CannotRun("the yardstick cannot be compiled (" + said.lines().findFirst().orElse("no word")
                        + "); it needs hiredis: apt-get install gcc libhiredis-dev");
            }
            return new Yardstick(folder);
        } catch (IOException e) {
            throw new CannotRun("the yardstick cannot be compiled: " + e.getMessage()
                    + "; it needs a C compiler and hiredis: apt-get install gcc libhiredis-dev", e);
        }
    }

    /** Routes this number of frames; returns frames per second. */
    double framesPerSecond(RedisAddress redis, long frames) throws InterruptedException {
        try {
            String said = run(List.of(folder.resolve("null_router").toString(), "route",
                    Integer.toString(redis.port()), Long.toString(frames), "200", "2"));
            Matcher rate = RATE.matcher(said);
            if (!rate.find() || Long.parseLong(rate.group(1)) != frames) {
                throw new IllegalStateException("the yardstick did not route all frames: " + said);
            }
            return Double.parseDouble(rate.group(2));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(folder.resolve("null_router"));
            Files.deleteIfExists(folder.resolve(SOURCE));
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
