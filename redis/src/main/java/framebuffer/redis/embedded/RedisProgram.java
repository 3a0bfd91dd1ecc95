package framebuffer.redis.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program that serves the Redis protocol.
 *
 * @param path the executable file
 * @param product {@code Redis} or {@code Valkey}
 * @param version as the program reports it, such as {@code 7.0.15}
 * @param bundled whether it comes with frame-buffer; then it gets no security fixes
 */
public record RedisProgram(Path path, String product, String version, boolean bundled) {
    /** The oldest versions that have all commands that we use. */
    public static final String NEEDED = "valkey-server 7.2 or later, or redis-server 7.0 or later";
    private static final Logger log = LoggerFactory.getLogger(RedisProgram.class);
    private static final int ANSWER_WITHIN_SECONDS = 5;
    /** Some versions of Valkey omit their name. */
    private static final Pattern ANSWER = Pattern
            .compile("(?:(Redis|Valkey) s|S)erver v=((\\d{1,4})\\.(\\d{1,4})\\S*)");

    /** The program that comes with frame-buffer. */
    public static RedisProgram bundledIn(CacheFolder cache) {
        return ask(cache.redisServer(), true);
    }

    /**
     * A program that the user chose.
     *
     * @throws IllegalStateException when it cannot be run, is no server of Redis, or is too old; the message names the remedy
     */
    public static RedisProgram named(Path path) {
        return ask(path.toAbsolutePath(), false);
    }

    /**
     * The first usable program in these folders: {@code valkey-server} in any of them, otherwise {@code redis-server}. Logs each program
     * that is unusable.
     *
     * @param folders as in the environment variable PATH
     */
    public static Optional<RedisProgram> onPath(String folders) {
        return Stream.of("valkey-server", "redis-server")
                .flatMap(name -> Stream.of(folders.split(File.pathSeparator, -1))
                        .filter(folder -> folder.startsWith("/")).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable).flatMap(path -> usable(path).stream()).findFirst();
    }

    private static Optional<RedisProgram> usable(Path path) {
        try {
            return Optional.of(ask(path, false));
        } catch (IllegalStateException e) {
            log.info("not used as the embedded Redis: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private static RedisProgram ask(Path path, boolean bundled) {
        Matcher answer = ANSWER.matcher(versionOf(path));
        if (!answer.find()) {
            throw new IllegalStateException(path + " is no server of Redis: it reports no version");
        }
        String product = answer.group(1) == null ? "Valkey" : answer.group(1);
        int major = Integer.parseInt(answer.group(3));
        boolean fits = product.equals("Valkey")
                ? major > 7 || (major == 7 && Integer.parseInt(answer.group(4)) >= 2)
                : major >= 7;
        if (!fits) {
            throw new IllegalStateException(
                    path + " is " + product + ' ' + answer.group(2) + ", which is too old; install "
                            + NEEDED);
        }
        return new RedisProgram(path, product, answer.group(2), bundled);
    }

    private static String versionOf(Path path) {
        try {
            Process process = new ProcessBuilder(path.toString(), "--version").redirectErrorStream(true).start();
            process.getOutputStream().close();
            if (!process.waitFor(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(path + " --version did not end within " + ANSWER_WITHIN_SECONDS + " s");
            }
            return new String(process.getInputStream().readNBytes(4_096), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(path + " cannot be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking " + path + " for its version", e);
        }
    }

    /** Product, version and origin, for users. */
    @Override
    public String toString() {
        return product + ' ' + version + (bundled ? ", bundled, for trial: it gets no security fixes" : ", " + path);
    }
}
