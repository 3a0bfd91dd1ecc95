package framebuffer.redis.testing;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.wire.EntryId;
import framebuffer.wire.text.Fields;
import java.io.IOException;
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

/** A Redis for one test class in its own folder, empty before each test. */
public final class TestRedis implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
    private final List<RedisConnection> opened = new ArrayList<>();
    private @Nullable Path folder;
    private @Nullable EmbeddedRedis server;
    private @Nullable RedisConnection mine;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        folder = Files.createTempDirectory("redis");
        server = EmbeddedRedis.start(folder);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        mine = connect();
        call("FLUSHALL");
    }

    @Override
    public void afterEach(ExtensionContext context) {
        synchronized (opened) {
            opened.forEach(RedisConnection::close);
            opened.clear();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        Objects.requireNonNull(server).close();
        try (Stream<Path> files = Files.walk(Objects.requireNonNull(folder))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    public RedisAddress address() {
        return Objects.requireNonNull(server).address();
    }

    /** Opens another connection, closed after the test. */
    public RedisConnection connect() {
        RedisConnection one = RedisConnection.open(address());
        synchronized (opened) {
            opened.add(one);
        }
        return one;
    }

    /** The test's own connection. */
    public RedisConnection connection() {
        return Objects.requireNonNull(mine);
    }

    public @Nullable Object call(String command, Object... arguments) {
        return connection().call(command, arguments);
    }

    public EntryId add(String stream, Fields fields) {
        List<Object> line = new ArrayList<>(List.of(stream, "*"));
        line.addAll(fields.flat());
        return EntryId.parse(Replies.text(call("XADD", line.toArray())));
    }

    public long length(String stream) {
        return Replies.number(call("XLEN", stream));
    }

    /** All entries of a stream, oldest first. */
    public List<StreamEntry> entries(String stream) {
        return Replies.entries(call("XRANGE", stream, "-", "+"));
    }

    /** One field of all entries of a stream, oldest first. */
    public List<@Nullable String> column(String stream, String field) {
        List<@Nullable String> values = new ArrayList<>();
        for (StreamEntry entry : entries(stream)) {
            values.add(Objects.requireNonNull(entry.fields()).text(field));
        }
        return values;
    }

    /** The ids pending in a group, oldest first. */
    public List<EntryId> pending(String stream, String group) {
        return Replies.list(call("XPENDING", stream, group, "-", "+", 100_000)).stream()
                .map(one -> EntryId.parse(Replies.text(Replies.list(one).getFirst()))).toList();
    }

    /** A hash of text. */
    public Map<String, String> hash(String key) {
        Map<String, String> texts = new TreeMap<>();
        Replies.map(call("HGETALL", key)).forEach((field, value) -> texts.put(field, Replies.text(value)));
        return texts;
    }

    /** The number of executions of a command since {@code CONFIG RESETSTAT}, including those by scripts. */
    public long calls(String command) {
        return Replies.text(call("INFO", "commandstats")).lines()
                .filter(line -> line.startsWith("cmdstat_" + command + ":")).mapToLong(
                        line -> Long.parseLong(line.substring(line.indexOf("calls=") + 6, line.indexOf(','))))
                .sum();
    }

    /** A dump of this Redis, for comparison. */
    public Map<String, String> everything() {
        Map<String, String> all = new TreeMap<>();
        for (Object key : Replies.list(call("KEYS", "*"))) {
            byte[] dump = (byte[]) Objects.requireNonNull(call("DUMP", key));
            all.put(Replies.text(key), new String(dump, java.nio.charset.StandardCharsets.ISO_8859_1));
        }
        return all;
    }
}
