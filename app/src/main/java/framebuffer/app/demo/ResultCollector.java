package framebuffer.app.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.wire.EntryId;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Reads the result streams: counts frames and objects per capability, and measures the latency of each frame. */
final class ResultCollector {
    private static final Duration WAIT = Duration.ofMillis(250);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Number of recently announced frames that are remembered to measure their latency. */
    private static final int REMEMBERED = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, ObjectCounts> perCapability = new TreeMap<>();
    private final Histogram millis = new Histogram(3);
    private final Map<String, EntryId> announced = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, EntryId> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** The counts for one capability: analysed pictures, and objects in them. */
    record ObjectCounts(long frames, long objects) {
        ObjectCounts plus(long moreObjects) {
            return new ObjectCounts(frames + 1, objects + moreObjects);
        }
    }

    /**
     * The totals so far.
     *
     * @param p50 milliseconds from the capture stream to the acknowledgement, by Redis's clock
     */
    record CapabilityResults(Map<String, ObjectCounts> perCapability, long p50, long p99) {
        CapabilityResults {
            perCapability = new LinkedHashMap<>(perCapability);
        }

        long objects() {
            return perCapability.values().stream().mapToLong(ObjectCounts::objects).sum();
        }

        long results() {
            return perCapability.values().stream().mapToLong(ObjectCounts::frames).sum();
        }
    }

    /** Records that a frame has entered the capture stream. */
    void announced(String frameId, EntryId captureId) {
        lock.lock();
        try {
            announced.put(frameId, captureId);
        } finally {
            lock.unlock();
        }
    }

    CapabilityResults tally() {
        lock.lock();
        try {
            return new CapabilityResults(perCapability, millis.getValueAtPercentile(50),
                    millis.getValueAtPercentile(99));
        } finally {
            lock.unlock();
        }
    }

    /** Reads the result stream of one partition. */
    RedisLoop.Work following(String stream) {
        return new StreamFollower(stream);
    }

    private final class StreamFollower implements RedisLoop.Work {
        private final String stream;
        private String readUpTo = "$";

        StreamFollower(String stream) {
            this.stream = stream;
        }

        @Override
        public void connected(RedisConnection redis) {
            if (readUpTo.equals("$")) {
                List<StreamEntry> last = Replies.entries(redis.call("XREVRANGE", stream, "+", "-", "COUNT", 1));
                readUpTo = last.isEmpty() ? "0-0" : last.getFirst().id().toString();
            }
        }

        @Override
        public void runOnce(RedisConnection redis) {
            List<?> reply = Replies
                    .list(redis.callBlocking(WAIT, "XREAD", "COUNT", 500, "BLOCK", WAIT.toMillis(), "STREAMS",
                            stream, readUpTo));
            if (!reply.isEmpty()) {
                for (StreamEntry entry : Replies.entries(Replies.list(reply.getFirst()).get(1))) {
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
            perCapability.merge(String.valueOf(capability), new ObjectCounts(1, objects(fields.text("result"))),
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
            // Results of foreign detectors may contain anything.
            return 0;
        }
    }
}
