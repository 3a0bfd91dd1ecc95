package framebuffer.trials.chaos;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.trials.chaos.check.FrameEnd;
import framebuffer.trials.chaos.check.FrameLog;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Records the end of each frame in the log. Reads results as they arrive, because they are trimmed, and dead letters and shed frames at the
 * end of the run. It also empties Redis: one transaction reads all ends, then runs FLUSHALL.
 */
final class FrameEndReader implements RedisLoop.Work {
    /** Key: how often Redis was emptied. */
    static final String EPOCH = "chaos:epoch";

    private static final Duration WAIT = Duration.ofMillis(250);
    private static final int AT_ONCE = 1_000;

    private final Keys keys;
    private final ChaosFrames frames;
    private final FrameLog log;
    private final Clock clock;
    private final AtomicInteger flushes = new AtomicInteger();
    private EntryId readUpTo = EntryId.FIRST;
    private int epoch;

    FrameEndReader(Keys keys, ChaosFrames frames, FrameLog log, Clock clock) {
        this.keys = keys;
        this.frames = frames;
        this.log = log;
        this.clock = clock;
    }

    /** Requests a FLUSHALL. Thread-safe. */
    void flush() {
        flushes.incrementAndGet();
    }

    /** How often Redis had been emptied, by the value of the key. */
    static int epoch(@Nullable Object reply) {
        return reply == null ? 0 : Integer.parseInt(Replies.text(reply));
    }

    /** A connection may break before the reply to FLUSHALL. The counter in Redis then says whether Redis was emptied. */
    @Override
    public void connected(RedisConnection redis) {
        int now = epoch(redis.call("GET", EPOCH));
        if (now > epoch) {
            forgot(now);
        }
    }

    private void empty(RedisConnection redis) {
        List<@Nullable Object> replies = redis.transaction(List.of(
                List.of("XRANGE", keys.results(), "(" + readUpTo, "+"), List.of("XRANGE", keys.deadLetter(), "-", "+"),
                List.of("XRANGE", keys.shed(), "-", "+"), List.of("FLUSHALL"), List.of("SET", EPOCH, epoch + 1)));
        flushes.decrementAndGet();
        if (replies != null) {
            Replies.entries(replies.get(0)).forEach(entry -> take(entry, FrameEnd.EndType.RESULT, "processor_id"));
            Replies.entries(replies.get(1)).forEach(entry -> take(entry, FrameEnd.EndType.DEAD, "dead_reason"));
            Replies.entries(replies.get(2)).forEach(entry -> take(entry, FrameEnd.EndType.SHED, "shed_reason"));
            forgot(epoch + 1);
        }
    }

    private void forgot(int now) {
        epoch = now;
        readUpTo = EntryId.FIRST;
        log.emptied(now, clock.now());
    }

    @Override
    public void runOnce(RedisConnection redis) {
        if (flushes.get() > 0) {
            empty(redis);
        }
        List<?> reply = Replies.list(redis.callBlocking(WAIT, "XREAD", "COUNT", AT_ONCE, "BLOCK", WAIT.toMillis(),
                "STREAMS", keys.results(), readUpTo.toString()));
        if (!reply.isEmpty()) {
            for (StreamEntry entry : Replies.entries(Replies.list(reply.getFirst()).get(1))) {
                take(entry, FrameEnd.EndType.RESULT, "processor_id");
                readUpTo = entry.id();
            }
        }
    }

    /** Reads all dead letters and shed frames, after all frames have ended. */
    void others(RedisConnection redis) {
        all(redis, keys.deadLetter(), FrameEnd.EndType.DEAD, "dead_reason");
        all(redis, keys.shed(), FrameEnd.EndType.SHED, "shed_reason");
    }

    private void all(RedisConnection redis, String stream, FrameEnd.EndType what, String by) {
        String from = "-";
        List<StreamEntry> page;
        do {
            page = Replies.entries(redis.call("XRANGE", stream, from, "+", "COUNT", AT_ONCE));
            for (StreamEntry entry : page) {
                take(entry, what, by);
                from = "(" + entry.id();
            }
        } while (page.size() == AT_ONCE);
    }

    private void take(StreamEntry entry, FrameEnd.EndType what, String by) {
        Fields fields = entry.fields();
        if (fields != null) {
            log.ended(frames.number(String.valueOf(fields.text("frame_id"))), new FrameEnd(what,
                    String.valueOf(fields.text(by)), attempt(fields.text("attempt")), clock.at(entry.id())));
        }
    }

    private static int attempt(@Nullable String text) {
        try {
            return text == null ? -1 : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
