package framebuffer.trials.load;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.wire.EntryId;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.util.List;

/** Reads the result stream. */
public final class ResultFollower implements RedisLoop.Work {
    private static final Duration WAIT = Duration.ofMillis(250);
    private static final int AT_ONCE = 1_000;

    private final String stream;
    private final Listener listener;
    private EntryId readUpTo;

    /** Receives each result. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Called for each result.
         *
         * @param now current time, by {@link System#nanoTime}
         */
        void came(Fields result, long now);
    }

    /**
     * @param stream the key of the result stream
     * @param readUpTo read entries after this one
     */
    public ResultFollower(String stream, EntryId readUpTo, Listener listener) {
        this.stream = stream;
        this.readUpTo = readUpTo;
        this.listener = listener;
    }

    /** The current last entry of a stream; {@link EntryId#FIRST} if it is empty. */
    public static EntryId last(RedisConnection redis, String stream) {
        List<StreamEntry> last = Replies.entries(redis.call("XREVRANGE", stream, "+", "-", "COUNT", 1));
        return last.isEmpty() ? EntryId.FIRST : last.getFirst().id();
    }

    @Override
    public void runOnce(RedisConnection redis) {
        List<?> reply = Replies.list(redis.callBlocking(WAIT, "XREAD", "COUNT", AT_ONCE, "BLOCK", WAIT.toMillis(),
                "STREAMS", stream, readUpTo.toString()));
        if (reply.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        for (StreamEntry entry : Replies.entries(Replies.list(reply.getFirst()).get(1))) {
            readUpTo = entry.id();
            Fields fields = entry.fields();
            if (fields != null) {
                listener.came(fields, now);
            }
        }
    }
}
