package framebuffer.redis.frames;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the backlog of all streams in one instant. The cost does not depend on the length of the streams. */
public final class BacklogReader {
    private static final Script SCRIPT = Script.reading("room.lua", "read_backlog.lua");
    private static final int OF_CAPTURE = 4;
    private static final int OF_QUEUE = 3;

    private BacklogReader() {
    }

    /**
     * Frames that wait.
     *
     * @param capture frames that wait for the hand-off
     * @param queues key of a work queue → frames that wait for its processor
     */
    public record BacklogReading(CaptureBacklog capture, Map<String, QueueBacklog> queues) {
    }

    /**
     * The capture stream.
     *
     * @param length number of entries, including entries that only other groups still need
     * @param pending entries delivered to our group and not handed off yet
     * @param unread entries that our group has not read; exact while it is the only group, otherwise an upper bound after entries were
     *     trimmed unread
     * @param oldest age of the oldest frame that was not handed off; zero: none
     */
    public record CaptureBacklog(long length, long pending, long unread, Duration oldest) {
        /** The sum with the backlog of another partition. */
        public CaptureBacklog plus(CaptureBacklog other) {
            return new CaptureBacklog(length + other.length, pending + other.pending, unread + other.unread,
                    oldest.compareTo(other.oldest) < 0 ? other.oldest : oldest);
        }

        /** Frames not handed off yet: unread and pending. */
        public long backlog() {
            return unread + pending;
        }
    }

    /**
     * A work queue.
     *
     * @param length number of entries; 0 if the queue does not exist
     * @param pending pending entries, summed over its groups
     * @param outstanding entries that some group has not acknowledged; -1 if the queue does not exist
     */
    public record QueueBacklog(long length, long pending, long outstanding) {
        /** Whether the queue exists: its key is a stream. */
        public boolean isThere() {
            return outstanding >= 0;
        }
    }

    /**
     * Reads the backlog.
     *
     * @param group our group on the capture stream
     * @param queues keys of work queues
     */
    public static BacklogReading read(RedisConnection redis, Keys keys, String group, List<String> queues) {
        List<Object> touched = new ArrayList<>(List.of(keys.capture()));
        touched.addAll(queues);
        List<Long> reply = Replies.list(SCRIPT.call(redis, touched, List.of(group))).stream().map(Replies::number)
                .toList();
        Map<String, QueueBacklog> found = LinkedHashMap.newLinkedHashMap(queues.size());
        for (int q = 0; q < queues.size(); q++) {
            int at = OF_CAPTURE + OF_QUEUE * q;
            found.put(queues.get(q), new QueueBacklog(reply.get(at), reply.get(at + 1), reply.get(at + 2)));
        }
        return new BacklogReading(
                new CaptureBacklog(reply.get(0), reply.get(1), reply.get(2), Duration.ofMillis(reply.get(3))),
                found);
    }
}
