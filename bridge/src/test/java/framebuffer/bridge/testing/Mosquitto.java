package framebuffer.bridge.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A real broker on a loopback port. It keeps nothing over a restart. */
public final class Mosquitto implements AutoCloseable {
    private final Path folder;
    private final int port;
    private final List<String> configuration = new ArrayList<>();
    private @Nullable Process broker;

    /** @param more further lines of its configuration */
    public Mosquitto(Path folder, String... more) {
        this.folder = folder;
        this.port = EmbeddedRedis.freePort();
        configuration.addAll(List.of("listener " + port + " 127.0.0.1", "persistence false", "user root"));
        configuration.addAll(List.of(more));
    }

    /** Without Mosquitto, the caller's tests are skipped; in CI they fail. */
    public static void assumeThere() {
        boolean there = Commands.isInstalled("mosquitto") || Files.isExecutable(Path.of("/usr/sbin/mosquitto"));
        assumeTrue(there || System.getenv("CI") != null, "mosquitto is not installed");
    }

    public int port() {
        return port;
    }

    public Mosquitto start() {
        try {
            Path file = Files.write(folder.resolve("mosquitto-" + port + ".conf"), configuration);
            String program = Commands.isInstalled("mosquitto") ? "mosquitto" : "/usr/sbin/mosquitto";
            Path log = folder.resolve("mosquitto-" + port + ".log");
            Process started = new ProcessBuilder(program, "-v", "-c", file.toString()).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
            broker = started;
            Await.until("the broker listens", () -> listens() || !started.isAlive());
            assertThat(started.isAlive()).as(Files.readString(log)).isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    private boolean listens() {
        try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Kills it, so that clients get no farewell. */
    public void kill() {
        Process running = broker;
        if (running != null) {
            running.destroyForcibly();
            try {
                assertThat(running.waitFor(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        kill();
    }
}
