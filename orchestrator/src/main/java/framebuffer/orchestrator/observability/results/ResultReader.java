package framebuffer.orchestrator.observability.results;

import framebuffer.orchestrator.observability.results.RecentResults.RecentResult;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.StoredResult;
import framebuffer.wire.text.Decoded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Reads the results of one partition as they come. */
final class ResultReader implements RedisLoop.Work {
    private static final Duration WAIT = Duration.ofMillis(250);
    private static final int BATCH = 200;

    private final int partition;
    private final String key;
    private final RecentResults recent;
    private final LongAdder malformed;
    private @Nullable EntryId read;

    /**
     * @param malformed counts the entries that are no results
     */
    ResultReader(int partition, Keys keys, RecentResults recent, LongAdder malformed) {
        this.partition = partition;
        this.key = keys.results();
        this.recent = recent;
        this.malformed = malformed;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        EntryId from = read;
        if (from == null) {
            List<StreamEntry> newest = Replies.entries(redis.call("XREVRANGE", key, "+", "-", "COUNT", 1));
            from = newest.isEmpty() ? EntryId.FIRST : newest.getFirst().id();
            recent.begin(partition, from);
        }
        read = from;
        List<?> reply = Replies.list(redis.callBlocking(WAIT, "XREAD", "COUNT", BATCH, "BLOCK", WAIT.toMillis(),
                "STREAMS", key, from.toString()));
        if (reply.isEmpty()) {
            return;
        }
        List<RecentResult> results = new ArrayList<>();
        for (StreamEntry entry : Replies.entries(Replies.list(reply.getFirst()).get(1))) {
            read = entry.id();
            if (entry.fields() != null && StoredResult.decode(entry.id(),
                    entry.fields()) instanceof Decoded.Valid<StoredResult>(StoredResult result)) {
                results.add(new RecentResult(partition, result, entry.fields().bytes()));
            } else {
                malformed.increment();
            }
        }
        recent.add(results);
    }
}
