package framebuffer.orchestrator;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.EmbeddedRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One Redis for a test class, emptied before each test. */
public final class EmptyRedis implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private final List<RedisConnection> opened = new ArrayList<>();
    private @Nullable Path folder;
    private @Nullable EmbeddedRedis server;

    public RedisAddress address() {
        return Objects.requireNonNull(server).address();
    }

    /** The connection of the test. */
    public RedisConnection connection() {
        return opened.getFirst();
    }

    /** Another connection, closed after the test. */
    public RedisConnection connect() {
        RedisConnection one = RedisConnection.open(address());
        opened.add(one);
        return one;
    }

    public @Nullable Object call(String command, Object... arguments) {
        return connection().call(command, arguments);
    }

    /** Reads a hash of text. */
    public Map<String, String> hash(String key) {
        Map<String, String> texts = new TreeMap<>();
        Replies.map(call("HGETALL", key)).forEach((field, value) -> texts.put(field, Replies.text(value)));
        return texts;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        folder = Files.createTempDirectory("redis");
        server = EmbeddedRedis.start(folder);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        connect().call("FLUSHALL");
    }

    @Override
    public void afterEach(ExtensionContext context) {
        opened.forEach(RedisConnection::close);
        opened.clear();
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        Objects.requireNonNull(server).close();
        try (Stream<Path> files = Files.walk(Objects.requireNonNull(folder))) {
            files.sorted(Comparator.reverseOrder()).forEach(EmptyRedis::delete);
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
