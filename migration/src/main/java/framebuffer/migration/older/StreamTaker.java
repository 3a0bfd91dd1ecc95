package framebuffer.migration.older;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Reads the stream into memory as the older service does: it acknowledges a frame when it is in memory, and never reads its pending entries
 * again. It creates its group once. A group that was removed since stays away until the program is restarted: the gate of a migration
 * removes it, so that no frame is read twice.
 */
final class StreamTaker implements RedisLoop.Work {
    private static final int BATCH = 10;
    private static final int BLOCK_MILLIS = 200;

    private final String stream;
    private final String group;
    private final StandInBuffer buffer;
    private final String consumer = "frame-buffer-" + ProcessHandle.current().pid();
    private boolean created;

    StreamTaker(String stream, String group, StandInBuffer buffer) {
        this.stream = stream;
        this.group = group;
        this.buffer = buffer;
    }

    @Override
    public void connected(RedisConnection redis) {
        if (created) {
            return;
        }
        try {
            redis.call("XGROUP", "CREATE", stream, group, "0", "MKSTREAM");
        } catch (RedisRefused e) {
            if (!e.code().equals("BUSYGROUP")) {
                throw e;
            }
        }
        created = true;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        List<?> streams = Replies.list(redis.call("XREADGROUP", "GROUP", group, consumer, "COUNT", BATCH, "BLOCK",
                BLOCK_MILLIS, "STREAMS", stream, ">"));
        if (streams.isEmpty()) {
            return;
        }
        List<Object> done = new ArrayList<>(List.of(stream, group));
        for (StreamEntry entry : Replies.entries(Replies.list(streams.getFirst()).get(1))) {
            buffer.read(FrameJson.of(Objects.requireNonNull(entry.fields())));
            done.add(entry.id().toString());
        }
        redis.call("XACK", done.toArray());
    }
}
