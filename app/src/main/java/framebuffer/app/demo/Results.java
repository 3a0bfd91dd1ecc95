package framebuffer.app.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import framebuffer.streams.Entry;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisLoop;
import framebuffer.streams.Replies;
import framebuffer.wire.EntryId;
import framebuffer.wire.Fields;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Follows the result streams: how many frames and objects for each capability, and how long each frame took. */
final class Results {
    private static final Duration WAIT = Duration.ofMillis(250);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** How many of the frames announced last are remembered, to take their times. */
    private static final int REMEMBERED = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Found> perCapability = new TreeMap<>();
    private final Histogram millis = new Histogram(3);
    private final Map<String, EntryId> announced = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, EntryId> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** What was found for one capability: pictures looked at, and objects in them. */
    record Found(long frames, long objects) {
        Found plus(long moreObjects) {
            return new Found(frames + 1, objects + moreObjects);
        }
    }

    /**
     * All of it so far.
     *
     * @param p50
     *            milliseconds from the capture stream to the acknowledgement, by Redis's clock
     */
    record Tally(Map<String, Found> perCapability, long p50, long p99) {
        Tally {
            perCapability = new LinkedHashMap<>(perCapability);
        }

        long objects() {
            return perCapability.values().stream().mapToLong(Found::objects).sum();
        }

        long results() {
            return perCapability.values().stream().mapToLong(Found::frames).sum();
        }
    }

    /** A frame has entered the capture stream. */
    void announced(String frameId, EntryId captureId) {
        lock.lock();
        try {
            announced.put(frameId, captureId);
        } finally {
            lock.unlock();
        }
    }

    Tally tally() {
        lock.lock();
        try {
            return new Tally(perCapability, millis.getValueAtPercentile(50), millis.getValueAtPercentile(99));
        } finally {
            lock.unlock();
        }
    }

    /** Follows the stream of one partition. */
    RedisLoop.Work following(String stream) {
        return new Following(stream);
    }

    private final class Following implements RedisLoop.Work {
        private final String stream;
        private String readUpTo = "$";

        Following(String stream) {
            this.stream = stream;
        }

        @Override
        public void connected(RedisConnection redis) {
            if (readUpTo.equals("$")) {
                List<Entry> last = Replies.entries(redis.call("XREVRANGE", stream, "+", "-", "COUNT", 1));
                readUpTo = last.isEmpty() ? "0-0" : last.getFirst().id().toString();
            }
        }

        @Override
        public void turn(RedisConnection redis) {
            List<?> reply = Replies
                    .list(redis.callBlocking(WAIT, "XREAD", "COUNT", 500, "BLOCK", WAIT.toMillis(), "STREAMS",
                            stream, readUpTo));
            if (!reply.isEmpty()) {
                for (Entry entry : Replies.entries(Replies.list(reply.getFirst()).get(1))) {
                    readUpTo = entry.id().toString();
                    Fields fields = entry.fields();
                    if (fields != null) {
                        take(entry.id(), fields);
                    }
                }
            }
        }
    }

    private void take(EntryId id, Fields fields) {
        String capability = fields.text("capability");
        lock.lock();
        try {
            EntryId captured = announced.get(String.valueOf(fields.text("frame_id")));
            perCapability.merge(String.valueOf(capability), new Found(1, objects(fields.text("result"))),
                    (before, one) -> before.plus(one.objects()));
            if (captured != null) {
                millis.recordValue(Math.max(0, id.millis() - captured.millis()));
            }
        } finally {
            lock.unlock();
        }
    }

    private static long objects(@Nullable String result) {
        try {
            JsonNode objects = JSON.readTree(result == null ? "{}" : result).path("objects");
            return objects.size();
        } catch (JsonProcessingException e) {
            // Results of detectors that are not ours may hold anything.
            return 0;
        }
    }
}
