package framebuffer.orchestrator;

import framebuffer.streams.RedisAddress;
import framebuffer.streams.embedded.EmbeddedRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A Redis for a class of tests, and a new {@link Site} on it for each test. */
public final class RedisSite implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private @Nullable Path folder;
    private @Nullable EmbeddedRedis server;
    private @Nullable Site site;

    public Site site() {
        return Objects.requireNonNull(site);
    }

    public RedisAddress address() {
        return Objects.requireNonNull(server).address();
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        folder = Files.createTempDirectory("site");
        server = EmbeddedRedis.start(folder);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        site = new Site(address());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        site().close();
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        Objects.requireNonNull(server).close();
        try (Stream<Path> files = Files.walk(Objects.requireNonNull(folder))) {
            files.sorted(Comparator.reverseOrder()).forEach(RedisSite::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
