package framebuffer.app.migrate;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** Reads a stream as the older service does: in its own group, and acknowledges what it has taken into memory. */
final class PolledStandIn implements AutoCloseable {
    private static final String GROUP = "frame-buffer";

    private final RedisAddress address;
    private final String stream;
    private final Map<String, String> handled;
    private final Thread thread;
    private volatile boolean ends;

    /** @param handled gets frame id → entry of each frame */
    PolledStandIn(RedisAddress address, String stream, Map<String, String> handled) {
        this.address = address;
        this.stream = stream;
        this.handled = handled;
        this.thread = Thread.ofVirtual().start(this::run);
    }

    static Map<String, String> handledFrames() {
        return new ConcurrentHashMap<>();
    }

    private void run() {
        while (!ends) {
            try (RedisConnection redis = RedisConnection.open(address)) {
                join(redis);
                // After a broken connection it does not know what it was given: it asks again.
                for (String from = "0"; !ends;) {
                    from = read(redis, from).isEmpty() ? ">" : from;
                }
            } catch (RedisUnavailable | RedisRefused e) {
                Thread.onSpinWait();
            }
        }
    }

    private void join(RedisConnection redis) {
        try {
            redis.call("XGROUP", "CREATE", stream, GROUP, "0", "MKSTREAM");
        } catch (RedisRefused e) {
            if (!e.code().equals("BUSYGROUP")) {
                throw e;
            }
        }
    }

    private List<StreamEntry> read(RedisConnection redis, String from) {
        List<?> streams = Replies.list(redis.call("XREADGROUP", "GROUP", GROUP, "v1", "COUNT", 50, "BLOCK", 100,
                "STREAMS", stream, from));
        if (streams.isEmpty()) {
            return List.of();
        }
        List<StreamEntry> entries = Replies.entries(Replies.list(streams.getFirst()).get(1));
        for (StreamEntry entry : entries) {
            handled.merge(Objects.requireNonNull(Objects.requireNonNull(entry.fields()).text("frame_id")),
                    entry.id().toString(), (before, now) -> before.equals(now) ? now : before + " and " + now);
            redis.call("XACK", stream, GROUP, entry.id().toString());
        }
        return entries;
    }

    @Override
    public void close() {
        ends = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
