package framebuffer.migration;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.wire.EntryId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A Redis for one test class, empty before each test. */
public final class MigrationRedis implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback {
    private @Nullable Path folder;
    private @Nullable EmbeddedRedis server;
    private @Nullable RedisConnection mine;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        folder = Files.createTempDirectory("redis");
        server = EmbeddedRedis.start(folder);
        mine = RedisConnection.open(server.address());
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        call("FLUSHALL");
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        connection().close();
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

    public RedisConnection connection() {
        return Objects.requireNonNull(mine);
    }

    public @Nullable Object call(String command, Object... arguments) {
        return connection().call(command, arguments);
    }

    /** Adds frames {@code camera-1}, {@code camera-2}, … to a stream. */
    public List<EntryId> frames(String stream, String camera, int count) {
        List<EntryId> added = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            added.add(EntryId.parse(Replies.text(call("XADD", stream, "*", "frame_id", camera + "-" + i, "camera_id",
                    camera, "pixels", new byte[]{0, -1, 10}))));
        }
        return added;
    }

    public List<StreamEntry> entries(String stream) {
        return Replies.entries(call("XRANGE", stream, "-", "+"));
    }

    public List<EntryId> ids(String stream) {
        return entries(stream).stream().map(StreamEntry::id).toList();
    }
}
