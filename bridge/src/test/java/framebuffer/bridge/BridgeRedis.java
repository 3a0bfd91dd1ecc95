package framebuffer.bridge;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A Redis for one test class, empty before each test, with results in its only partition. */
public final class BridgeRedis implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback {
    public static final Keys KEYS = Keys.DEFAULT;

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
        connection().call("FLUSHALL");
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

    public RedisConnection connection() {
        return Objects.requireNonNull(mine);
    }

    public Partition partition() {
        return new Partition(0, Objects.requireNonNull(server).address(), KEYS);
    }

    /** Adds a result with one object. */
    public EntryId found(String frame, String camera, String label, double score) {
        return add(frame, camera, "success", "{\"objects\": [{\"label\": \"" + label + "\", \"score\": " + score
                + ", \"box\": [1, 2, 30, 40]}], \"width\": 640, \"height\": 480}");
    }

    /** Adds a result. */
    public EntryId add(String frame, String camera, String status, String result) {
        return EntryId.parse(Replies.text(connection().call("XADD", KEYS.results(), "*", "frame_id", frame, "camera_id",
                camera, "processor_id", "people-1", "capability", "person_detection", "status", status, "result",
                result, "processed_at", "2026-11-30T12:00:00Z", "processing_ms", "12.5", "attempt", "1")));
    }
}
